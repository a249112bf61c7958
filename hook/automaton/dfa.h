// SPDX-License-Identifier: Apache-2.0
// dfa.h - the deterministic automaton: one state for all rules still in question, one number that
// decides.
//
// Made from the NFA by subset construction. A state carries the lowest rule that accepts there,
// which is how "the first rule that matches decides" becomes part of the automaton. What can no
// longer win is left out on the way: behind a state that accepts for ever, rules with higher
// numbers are dropped.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "automaton/nfa.h"
#include "automaton/symbols.h"

namespace sg::automaton {

// Plain data. Edges of a state are sorted by class; a class without an edge leads to the dead
// state.
struct Dfa {
  using State = std::uint32_t;

  struct Edge {
    Class on = 0;
    State to = 0;

    friend bool operator==(const Edge&, const Edge&) = default;
  };

  static constexpr State kDead = 0;  // no edges, no rule

  ByteClasses classes;
  State start = kDead;
  std::vector<std::uint32_t> first_edge = {0, 0};  // of each state, and one past the last
  std::vector<Edge> edges;
  std::vector<RuleNumber> rule_of = {kNoRule};  // that decides where a word ends in this state

  [[nodiscard]] std::size_t state_count() const noexcept { return rule_of.size(); }
  [[nodiscard]] std::span<const Edge> edges_of(State state) const {
    return {edges.data() + first_edge[state], edges.data() + first_edge[state + 1]};
  }
  // Adds a state behind the last one; its edges must be sorted.
  State add_state(RuleNumber rule, std::span<const Edge> sorted_edges);

  [[nodiscard]] State next(State state, Symbol symbol) const;
  // The state behind all these bytes.
  [[nodiscard]] State next(State state, std::string_view bytes) const;

  // The rule that decides on `word`; kNoRule where none matches.
  [[nodiscard]] RuleNumber run(std::span<const Symbol> word) const;

  friend bool operator==(const Dfa&, const Dfa&) = default;
};

// The edges of an automaton the other way round: for each state those that lead into it, with the
// state that each comes from in place of `to`.
struct ReverseEdges {
  // Where `into` is not empty, only edges that lead into a state it holds for.
  explicit ReverseEdges(const Dfa& dfa, const std::vector<bool>& into = {});

  [[nodiscard]] std::span<const Dfa::Edge> of(Dfa::State state) const {
    return {edges.data() + first[state], edges.data() + first[state + 1]};
  }

  std::vector<std::uint32_t> first;  // of each state, and one past the last
  std::vector<Dfa::Edge> edges;
};

// Which states lead to one that `goals` holds for, be it by no edge at all.
[[nodiscard]] std::vector<bool> states_before(const Dfa& dfa, std::vector<bool> goals);

// How much a construction may use. Patterns with several '*' can need exponentially many states,
// and they come from whoever may start a container.
struct Budget {
  std::size_t states = 0;        // states of the DFA before minimisation
  std::size_t members = 0;       // states of the NFA in all sets together
  std::size_t steps = SIZE_MAX;  // edges followed, known sets included: the time it takes
};

// The construction needed more than its budget; for each rule, by number, in how many states of the
// DFA it was in question when it stopped.
struct OverBudget {
  std::vector<std::uint32_t> states_of_rule;
};

// The automaton of `nfa`, not minimal. Deterministic: equal input gives an equal result.
[[nodiscard]] std::variant<Dfa, OverBudget> determinize(const Nfa& nfa, const Budget& budget);

}  // namespace sg::automaton
