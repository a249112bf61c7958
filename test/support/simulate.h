// SPDX-License-Identifier: Apache-2.0
// simulate.h - the verdict of an NFA on a word, slow and plain: the engines are held against it.
#pragma once

#include <set>
#include <span>

#include "automaton/nfa.h"

namespace sg::test {

// The lowest rule that accepts `word`, kNoRule where none does.
[[nodiscard]] inline automaton::RuleNumber simulate(const automaton::Nfa& nfa,
                                                    std::span<const automaton::Symbol> word) {
  using automaton::Nfa;
  std::set<Nfa::State> current = {Nfa::kStart};
  for (const automaton::Symbol symbol : word) {
    std::set<Nfa::State> next;
    for (const Nfa::State state : current) {
      if (nfa.is_forever(state)) {
        next.insert(state);
      }
      for (std::uint32_t i = nfa.first_edge(state); i != Nfa::kNoEdge; i = nfa.edge(i).next) {
        if (nfa.edge(i).on.first <= symbol && symbol <= nfa.edge(i).on.last) {
          next.insert(nfa.edge(i).to);
        }
      }
    }
    current = std::move(next);
  }
  automaton::RuleNumber best = automaton::kNoRule;
  for (const Nfa::State state : current) {
    if (nfa.is_final(state) && (best == automaton::kNoRule || nfa.rule(state) < best)) {
      best = nfa.rule(state);
    }
  }
  return best;
}

}  // namespace sg::test
