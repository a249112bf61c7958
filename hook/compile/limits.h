// SPDX-License-Identifier: Apache-2.0
// limits.h - what the automaton of one policy may cost, and what is said where it costs more; the
// limits that must agree with the guard's.
//
// Annotations come from whoever may start a container, and a handful of patterns with several '*'
// each can ask for exponentially many states. Beyond a budget the policy is refused, with the rules
// that cost most; it is never cut.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "automaton/dfa.h"
#include "automaton/set_algebra.h"
#include "base/diagnostic.h"
#include "policy/merge.h"
#include "policy/node_policy.h"
#include "policy/policy.h"
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

// How much each of some rules costs, in any unit.
using Costs = std::vector<std::pair<std::size_t, const policy::Rule*>>;

// By the states of the automaton that a rule was in question in when its construction stopped.
[[nodiscard]] Costs costs_of(std::span<const policy::Rule> rules,
                             const automaton::OverBudget& over);

// By how large rules are on paper: what an automaton or a table that is merely too large is blamed
// on.
[[nodiscard]] Costs costs_of(std::span<const policy::Rule> rules);

// The same for a policy and its limit together.
[[nodiscard]] Costs costs_with_limit(const policy::Policy& policy);

// Adds an error for a policy that asks for more than its limit and cannot be cut to it: the limit
// has too many rules to become the container's. `excess` has what was found beyond the limit; the first
// of that is named.
void report_cut_too_large(const policy::Policy& policy, const Diagnostics& excess,
                          Diagnostics& findings);

// Adds an error that says `what` ("the rules together need too large a table") and names up to
// three rules, those with the largest cost first and none that nobody wrote. It is the node
// policy's mistake where the first of them is.
void report_too_large(const std::string& what, Costs costs, Diagnostics& findings);

}  // namespace sg::compile
