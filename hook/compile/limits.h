// SPDX-License-Identifier: Apache-2.0
// limits.h - what the automaton of one policy may cost, and the limits that must agree with the guard's.
//
// Annotations come from whoever may start a container, and a handful of patterns with several '*' each
// can ask for exponentially many states. Beyond a budget the policy is refused, with the rules that
// cost most; it is never cut.
#pragma once

#include <cstddef>

#include "automaton/dfa.h"
#include "policy/merge.h"
#include "policy/rule_parser.h"
#include "policy/sysctl_name.h"
#include "table_abi.h"

namespace sg::compile {

// 1,000 rules of the shape net.testI.kJ.*.vI=0..I need 32,000 states of the NFA, then 20,000 states of
// the DFA with 29,000 members, and 200,000 steps. A state costs about a microsecond and a step a tenth
// of one, so a policy at the limits compiles in about a second.
inline constexpr std::size_t kNfaStatesMax = std::size_t{1} << 19;
inline constexpr automaton::Budget kBudget{.states = std::size_t{1} << 17,
                                           .members = std::size_t{1} << 22,
                                           .steps = std::size_t{1} << 22};

// States of a product of two automata (automaton/set_algebra.h). 1,000 such rules against a limit of 100 reach
// about as many as the rules alone.
inline constexpr std::size_t kProductStatesMax = std::size_t{1} << 17;

static_assert(policy::kNameMax == SG_NAME_SIZE - 1, "a name that is accepted fits the guard's buffer");
static_assert(policy::kPairValueMax == SG_VALUE_SIZE - 2,
              "a pair's value fits the guard's buffer, with one newline and the helper's zero byte");
static_assert(3 * policy::kRulesMax < SG_RULES_MAX, "every rule of every annotation has a number in a label");

}  // namespace sg::compile
