// SPDX-License-Identifier: Apache-2.0
// ways_round.h - a `deny` that others go round: what it covers is reached by another name that is
// permitted.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "policy/node_policy.h"
#include "policy/policy.h"

namespace sg::compile {

// Rules that hold together: what is denied, and what is permitted besides.
struct DeniesAndAllows {
  std::vector<policy::Rule> denies;
  std::vector<policy::Rule> allows;
  std::string permits;  // who permits it, for messages: "allow permits", "the limit permits"
  std::string denies_what = "this denies ";
  bool only_same = false;  // only names of one value count, as for reads
};

// The most warnings of one set of rules, besides one that says that there are others.
inline constexpr std::size_t kWaysShown = 10;

// Adds a warning, up to kWaysShown, for each rule of `denies` that covers a sysctl which a write of
// another one reaches (policy/aliases.h), while that one is permitted and not denied. Decided on
// the automaton of the patterns, so the names that are shown are real ones. Nothing is added where
// that needs more than kBudget (limits.h).
void warn_ways_round(const DeniesAndAllows& rules, Diagnostics& findings);

// The same for a container's policy, the limit's denials and those of reads with it, and then for
// what the node policy holds for others: each profile, the default, the limit itself. A rule is
// warned of once.
void warn_ways_round(const policy::Policy& policy, const policy::NodePolicy& node,
                     Diagnostics& findings);

}  // namespace sg::compile
