// SPDX-License-Identifier: Apache-2.0
// ways_round.h - a `deny` that others go round: what it covers is reached by another name that is
// permitted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "automaton/dfa.h"
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
// another one reaches (sysctl/aliases.h), while that one is permitted and not denied. Decided on
// the automaton of the patterns, so the names that are shown are real ones. Nothing is added where
// that needs more than kBudget (limits.h).
void warn_ways_round(const DeniesAndAllows& rules, Diagnostics& findings);

// The same for a container's policy, the limit's denials and those of reads with it, and then for
// what the node policy holds for others: each profile, the default, the limit itself. A rule is
// warned of once.
void warn_ways_round(const policy::Policy& policy, const policy::NodePolicy& node,
                     Diagnostics& findings);

// A pair of names (slash form): a write to the one is permitted, and the other is denied by `rule`.
struct WayRound {
  automaton::RuleNumber rule = automaton::kNoRule;
  std::string written;
  std::string changed;
};

// Two names, walked at once through one automaton, and compared where they end.
class AliasWalk {
 public:
  // Of the rules of `dfa`, all of them for any value, the first `deny_count` deny and the others
  // permit. The automaton must outlive the walk.
  AliasWalk(const automaton::Dfa& dfa, std::size_t deny_count);

  // The shortest pair of names for each denial that a row of sysctl/aliases.h goes round. "%" and
  // "@" in the two sides are as it has them.
  [[nodiscard]] std::vector<WayRound> follow(std::string_view written,
                                             std::string_view changed) const;

 private:
  // Two names on their way, and the states behind them.
  struct Place {
    automaton::Dfa::State written = automaton::Dfa::kDead;
    automaton::Dfa::State changed = automaton::Dfa::kDead;
    std::string written_name;
    std::string changed_name;
  };

  void add_text(std::vector<Place>& places, std::string_view written,
                std::string_view changed) const;
  // Behind one more component of `changed`, or the same one of both. One of `changed` alone is
  // neither "all" nor "default".
  [[nodiscard]] std::vector<Place> behind_component(const std::vector<Place>& places,
                                                    bool is_shared) const;
  [[nodiscard]] automaton::RuleNumber rule_at(automaton::Dfa::State name_end) const;
  [[nodiscard]] std::vector<WayRound> denials_among(const std::vector<Place>& places) const;

  const automaton::Dfa& dfa_;
  const std::size_t deny_count_;
  // One byte of each class that can stand in a component, those that are read best first.
  std::vector<char> bytes_;
};

}  // namespace sg::compile
