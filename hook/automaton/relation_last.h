// SPDX-License-Identifier: Apache-2.0
// relation_last.h - what a value is beside the current one, asked where it decides and not before.
//
// In an automaton of rules it stands in front, in the access: all operations on sets of words then
// go on as if it was not there. The guard does not know it until it has asked the kernel, which it
// wants to do for few writes. So in a table it comes last.
#pragma once

#include <cstddef>
#include <optional>

#include "automaton/dfa.h"

namespace sg::automaton {

struct RelationLast {
  // All writes lead from the start to one state. A state where they would have come to different
  // rules has no rule, and an edge for each write to a state with the rule, which loops.
  Dfa dfa;
  bool has_conditions = false;  // there is such a state; where not, `dfa` is the argument
};

// The minimal automaton of the same verdicts, of a minimal one. Nothing where it would have more
// than `states_max` states before it is minimal.
[[nodiscard]] std::optional<RelationLast> relation_last(const Dfa& dfa, std::size_t states_max);

}  // namespace sg::automaton
