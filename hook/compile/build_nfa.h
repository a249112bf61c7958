// SPDX-License-Identifier: Apache-2.0
// build_nfa.h - each rule of a policy into its path through the NFA.
#pragma once

#include <optional>
#include <vector>

#include "automaton/dfa.h"
#include "automaton/nfa.h"
#include "policy/policy.h"

namespace sg::compile {

// The automaton whose words are accesses (automaton/symbols.h) and whose rule numbers are the
// indices of `policy.rules` plus one. Four bytes of a rule can ask for a hundred states, so
// building ends where there are more than kNfaStatesMax (limits.h): an automaton that large is
// incomplete, and refused.
[[nodiscard]] automaton::Nfa build_nfa(const policy::Policy& policy);

// What becomes of rules that need more than kNfaStatesMax states together.
enum class TooMany {
  kNothing,  // no automaton
  kFirst,    // that of the first of them, for warnings alone: what comes later is not in it
};

// Rules alone into an automaton, which is not minimal: their numbers are their indices plus one.
// Nothing is returned where a budget of limits.h does not suffice.
[[nodiscard]] std::optional<automaton::Dfa> compile_rules(std::vector<policy::Rule> rules,
                                                          TooMany too_many = TooMany::kNothing);

}  // namespace sg::compile
