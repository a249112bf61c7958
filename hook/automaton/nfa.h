// SPDX-License-Identifier: Apache-2.0
// nfa.h - a nondeterministic automaton with one path for each rule, and the classes of
// symbols that it tells apart.
//
// There are no empty transitions: a state that may do several things has several edges for one
// symbol. Every state belongs to one rule. A state that is `final` accepts for its rule; one that
// is `forever` also accepts every continuation, so no edges leave it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "automaton/symbols.h"

namespace sg::automaton {

// Symbols from `first` to `last`, both included.
struct SymbolRange {
  Symbol first = 0;
  Symbol last = 0;

  friend auto operator<=>(const SymbolRange&, const SymbolRange&) = default;
};

class Nfa {
 public:
  using State = std::uint32_t;

  struct Edge {
    SymbolRange on;
    State to = 0;
    std::uint32_t next = kNoEdge;  // another edge of the same state
  };
  static constexpr std::uint32_t kNoEdge = UINT32_MAX;

  // The start state, which belongs to no rule.
  static constexpr State kStart = 0;

  Nfa() : states_(1) {}

  // A new state of `rule`.
  State add_state(RuleNumber rule);

  void add_edge(State from, SymbolRange on, State to) {
    edges_.push_back({on, to, states_[from].first_edge});
    states_[from].first_edge = static_cast<std::uint32_t>(edges_.size() - 1);
  }
  void add_edge(State from, Symbol on, State to) { add_edge(from, SymbolRange{on, on}, to); }

  void set_final(State state) { states_[state].is_final = true; }
  void set_forever(State state) {
    states_[state].is_final = true;
    states_[state].is_forever = true;
  }

  [[nodiscard]] std::size_t state_count() const noexcept { return states_.size(); }
  // The edges of a state are a list: its first, and from each the next; kNoEdge at the end.
  [[nodiscard]] std::uint32_t first_edge(State state) const { return states_[state].first_edge; }
  [[nodiscard]] const Edge& edge(std::uint32_t index) const { return edges_[index]; }
  [[nodiscard]] std::span<const Edge> all_edges() const { return edges_; }
  [[nodiscard]] RuleNumber rule(State state) const { return states_[state].rule; }
  [[nodiscard]] bool is_final(State state) const { return states_[state].is_final; }
  [[nodiscard]] bool is_forever(State state) const { return states_[state].is_forever; }

 private:
  struct StateData {
    RuleNumber rule = kNoRule;
    bool is_final = false;
    bool is_forever = false;
    std::uint32_t first_edge = kNoEdge;
  };
  std::vector<StateData> states_;
  std::vector<Edge> edges_;  // of all states: most have one, and a container each would cost more
};

// Symbols that no edge tells apart become one class, which makes tables small. A policy mentions a
// few dozen of the 262 symbols; all others behave alike.
using Class = std::uint16_t;  // 0 to count - 1

struct ByteClasses {
  std::array<Class, kSymbolCount> of{};  // numbered by their smallest symbol
  Class count = 1;

  friend bool operator==(const ByteClasses&, const ByteClasses&) = default;
};

// The coarsest classes that respect each of `ranges`, by refinement: all symbols begin in one
// class, and each range splits every class it cuts. 262 symbols are few enough to go through for
// each.
[[nodiscard]] ByteClasses make_classes(const std::vector<SymbolRange>& ranges);

// The coarsest classes that respect every edge of `nfa`.
[[nodiscard]] ByteClasses make_classes(const Nfa& nfa);

}  // namespace sg::automaton
