// SPDX-License-Identifier: Apache-2.0
// too_large.h - what is said where rules need more than a budget of limits.h.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "automaton/dfa.h"
#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::compile {

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
// has too many rules to become the container's. `excess` has what report_excess() found; the first
// of that is named.
void report_cut_too_large(const policy::Policy& policy, const Diagnostics& excess,
                          Diagnostics& findings);

// Adds an error that says `what` ("the rules together need too large a table") and names up to
// three rules, those with the largest cost first and none that nobody wrote. It is the node
// policy's mistake where the first of them is.
void report_too_large(const std::string& what, Costs costs, Diagnostics& findings);

}  // namespace sg::compile
