// SPDX-License-Identifier: Apache-2.0
// limits.h - what the automaton of one policy may cost, and the limits that must agree with the
// guard's.
//
// Annotations come from whoever may start a container, and a handful of patterns with several '*'
// each can ask for exponentially many states. Beyond a budget the policy is refused, with the rules
// that cost most; it is never cut.
#pragma once

#include <cstddef>

#include "automaton/dfa.h"
#include "automaton/set_algebra.h"
#include "policy/merge.h"
#include "policy/node_policy.h"
#include "policy/rule_parser.h"
#include "sysctl/sysctl_name.h"
#include "table_abi.h"

namespace sg::compile {

// 1,000 rules of the shape net.testI.kJ.*.vI=0..I need 32,000 states of the NFA, then 20,000 states
// of the DFA with 29,000 members, and 200,000 steps. Four or five times that, so that whatever a
// policy asks for ends within a second and 64 MiB, be it with a table or without one.
inline constexpr std::size_t kNfaStatesMax = std::size_t{1} << 17;
inline constexpr automaton::Budget kBudget{
    .states = std::size_t{1} << 16, .members = std::size_t{1} << 20, .steps = std::size_t{1} << 20};

// Of a product of two automata (automaton/set_algebra.h). 1,000 such rules against a limit of 100
// reach about as many states and edges as the rules alone.
inline constexpr automaton::ProductBudget kProductBudget{.states = std::size_t{1} << 16,
                                                         .edges = std::size_t{1} << 19};

static_assert(sysctl::kNameMax == SG_NAME_SIZE - 1,
              "a name that is accepted fits the guard's buffer");
static_assert(
    policy::kPairValueMax == SG_VALUE_SIZE - 2,
    "a pair's value fits the guard's buffer, with one newline and the helper's zero byte");
static_assert(policy::kNodeRulesMax + policy::kRulesMax < SG_RULES_MAX,
              "every rule of the node and of the annotations has a number in a label");

}  // namespace sg::compile
