// SPDX-License-Identifier: Apache-2.0
// moore.h - how many states the smallest automaton has, by Moore's partition, and automata by
// chance.
//
// States begin in one block for each rule. In each round, states of one block whose successors are
// in different blocks part; the rounds end when nothing parts. Quadratic and short: the yardstick
// for minimize().
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "automaton/dfa.h"
#include "automaton/nfa.h"
#include "support/random_policy.h"

namespace sg::test {

// States of the smallest automaton that decides as `dfa` does, the dead state included.
[[nodiscard]] inline std::size_t moore_state_count(const automaton::Dfa& dfa) {
  const std::size_t count = dfa.state_count();
  std::vector<std::uint32_t> block(dfa.rule_of.begin(), dfa.rule_of.end());
  for (std::size_t blocks = 0;;) {
    std::map<std::vector<std::uint32_t>, std::uint32_t> number_of;
    std::vector<std::uint32_t> refined(count);
    for (automaton::Dfa::State state = 0; state < count; ++state) {
      std::vector<std::uint32_t> row(dfa.classes.count + 1u, block[automaton::Dfa::kDead]);
      row.back() = block[state];
      for (const automaton::Dfa::Edge& edge : dfa.edges_of(state)) {
        row[edge.on] = block[edge.to];
      }
      refined[state] =
          number_of.try_emplace(row, static_cast<std::uint32_t>(number_of.size())).first->second;
    }
    block = refined;
    if (number_of.size() == blocks) {
      break;
    }
    blocks = number_of.size();
  }
  // Only what the start reaches counts, and the dead state.
  std::vector<bool> reached(count);
  std::vector<automaton::Dfa::State> todo = {automaton::Dfa::kDead, dfa.start};
  std::map<std::uint32_t, bool> counted;
  while (!todo.empty()) {
    const automaton::Dfa::State state = todo.back();
    todo.pop_back();
    if (reached[state]) {
      continue;
    }
    reached[state] = true;
    counted[block[state]] = true;
    for (const automaton::Dfa::Edge& edge : dfa.edges_of(state)) {
      todo.push_back(edge.to);
    }
  }
  return counted.size();
}

// A small automaton with edges in every direction, over the bytes a to d.
[[nodiscard]] inline automaton::Nfa random_nfa(Random& random) {
  automaton::Nfa nfa;
  const std::size_t states = 1 + random.below(6);
  for (std::size_t i = 0; i < states; ++i) {
    const automaton::Nfa::State state =
        nfa.add_state(static_cast<automaton::RuleNumber>(1 + random.below(3)));
    if (random.one_in(8)) {
      nfa.set_forever(state);
    } else if (random.one_in(3)) {
      nfa.set_final(state);
    }
  }
  for (std::size_t i = random.below(4 * states) + 1; i > 0; --i) {
    const auto from = static_cast<automaton::Nfa::State>(random.below(states + 1));
    const auto to = static_cast<automaton::Nfa::State>(1 + random.below(states));
    const auto first = static_cast<automaton::Symbol>('a' + random.below(4));
    const auto last = static_cast<automaton::Symbol>(first + random.below('e' - first));
    const bool one_rule = from == automaton::Nfa::kStart || nfa.rule(from) == nfa.rule(to);
    if (one_rule && !nfa.is_forever(from)) {
      nfa.add_edge(from, {first, last}, to);
    }
  }
  return nfa;
}

}  // namespace sg::test
