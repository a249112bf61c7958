// SPDX-License-Identifier: Apache-2.0
// nfa.cpp - building and simulating the nondeterministic automaton.
#include "automaton/nfa.h"

#include <algorithm>

namespace sg::automaton {

Nfa::State Nfa::add_state(RuleNumber rule) {
  states_.push_back(StateData{rule, false, false, kNoEdge});
  return static_cast<State>(states_.size() - 1);
}

RuleNumber Nfa::simulate(std::span<const Symbol> word) const {
  std::vector<State> current = {kStart};
  for (const Symbol symbol : word) {
    std::vector<State> next;
    for (const State state : current) {
      if (is_forever(state)) {
        next.push_back(state);
      }
      for (std::uint32_t i = first_edge(state); i != kNoEdge; i = edge(i).next) {
        if (edge(i).on.first <= symbol && symbol <= edge(i).on.last) {
          next.push_back(edge(i).to);
        }
      }
    }
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    current = std::move(next);
  }
  RuleNumber best = kNoRule;
  for (const State state : current) {
    if (is_final(state) && (best == kNoRule || rule(state) < best)) {
      best = rule(state);
    }
  }
  return best;
}

}  // namespace sg::automaton
