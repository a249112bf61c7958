// SPDX-License-Identifier: Apache-2.0
// alias_walk.h - two names, walked at once through one automaton, and compared where they end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "automaton/dfa.h"

namespace sg::compile {

// A pair of names (slash form): a write to the one is permitted, and the other is denied by `rule`.
struct WayRound {
  automaton::RuleNumber rule = automaton::kNoRule;
  std::string written;
  std::string changed;
};

class AliasWalk {
 public:
  // Of the rules of `dfa`, all of them for any value, the first `deny_count` deny and the others
  // permit. The automaton must outlive the walk.
  AliasWalk(const automaton::Dfa& dfa, std::size_t deny_count);

  // The shortest pair of names for each denial that a row of policy/aliases.h goes round. "%" and
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

  [[nodiscard]] automaton::Dfa::State behind(automaton::Dfa::State state,
                                             std::string_view text) const;
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
