// SPDX-License-Identifier: Apache-2.0
// relation_last.cpp - a state of the result is the four states in which the four writes are.
#include "automaton/relation_last.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "automaton/minimize.h"
#include "automaton/symbols.h"

namespace sg::automaton {
namespace {

using State = Dfa::State;
using Places = std::array<State, kWrites.size()>;  // in the order of kWrites

Places begin_of_writes(const Dfa& dfa) {
  Places begin{};
  std::ranges::transform(kWrites, begin.begin(),
                         [&dfa](Symbol write) { return dfa.next(dfa.start, write); });
  return begin;
}

bool is_one(const Places& places) {
  return std::ranges::all_of(places, [&places](State state) { return state == places[0]; });
}

class Join {
 public:
  Join(const Dfa& dfa, std::size_t states_max)
      : dfa_(dfa), states_max_(states_max), input_of_(dfa.classes.count) {
    make_classes_of_result();
  }

  std::optional<Dfa> build() {
    const State reads = number_of(all_at(dfa_.next(dfa_.start, kRead)));
    const State writes = number_of(begin_of_writes(dfa_));
    for (std::size_t i = 0; i < places_.size(); ++i) {
      add_state(Places(places_[i]));
      if (places_.size() > states_max_) {
        return std::nullopt;
      }
    }
    std::vector<Dfa::Edge> begin;
    add_edge(begin, kRead, reads);
    for (const Symbol write : kWrites) {
      add_edge(begin, write, writes);
    }
    std::ranges::sort(begin, {}, &Dfa::Edge::on);
    result_.start = result_.add_state(kNoRule, begin);
    return std::move(result_);
  }

 private:
  static Places all_at(State state) {
    Places places{};
    places.fill(state);
    return places;
  }

  // Those of the argument, but with one for each write; numbered by their smallest symbol.
  void make_classes_of_result() {
    std::map<std::pair<Class, Symbol>, Class> numbers;
    for (Symbol symbol = 0; symbol < kSymbolCount; ++symbol) {
      const Symbol own = is_write(symbol) ? symbol : Symbol{0};
      const auto next = static_cast<Class>(numbers.size());
      const auto found = numbers.try_emplace({dfa_.classes.of[symbol], own}, next).first;
      result_.classes.of[symbol] = found->second;
      const bool is_input = symbol < kRead || symbol == kUnseen;
      std::optional<Symbol>& input = input_of_[dfa_.classes.of[symbol]];
      input = is_input && !input ? symbol : input;
    }
    result_.classes.count = static_cast<Class>(numbers.size());
  }

  // 0 for the dead state, which is there from the start.
  State number_of(const Places& places) {
    if (places == Places{}) {
      return Dfa::kDead;
    }
    const auto next = static_cast<State>(places_.size() + 1);
    const auto [found, is_new] = numbers_.try_emplace(places, next);
    if (is_new) {
      places_.push_back(places);
    }
    return found->second;
  }

  // A state of `dfa_` that decides by this rule whatever follows. It stands for a place of the
  // result where all four are at the end; there is one for each rule.
  State end_with(RuleNumber rule) {
    return rule == kNoRule ? Dfa::kDead : number_of(all_at(kFirstEnd + rule));
  }

  [[nodiscard]] State step(State state, Symbol symbol) const {
    return state > kFirstEnd ? state : dfa_.next(state, symbol);
  }
  [[nodiscard]] RuleNumber rule_of(State state) const {
    return state > kFirstEnd ? state - kFirstEnd : dfa_.rule_of[state];
  }

  void add_edge(std::vector<Dfa::Edge>& row, Symbol on, State to) const {
    if (to != Dfa::kDead) {
      row.push_back({result_.classes.of[on], to});
    }
  }

  void add_state(const Places& places) {
    std::vector<Dfa::Edge> row;
    for (const std::optional<Symbol>& input : input_of_) {
      if (!input) {
        continue;
      }
      Places next = all_at(step(places[0], *input));
      for (std::size_t i = 1; i < places.size(); ++i) {
        next[i] = places[i] == places[0] ? next[0] : step(places[i], *input);
      }
      add_edge(row, *input, number_of(next));
    }
    const RuleNumber rule = rule_of(places[0]);
    const bool is_decided =
        std::ranges::all_of(places, [&](State state) { return rule_of(state) == rule; });
    for (std::size_t i = 0; !is_decided && i < places.size(); ++i) {
      add_edge(row, kWrites[i], end_with(rule_of(places[i])));
    }
    std::ranges::sort(row, {}, &Dfa::Edge::on);
    (void)result_.add_state(is_decided ? rule : kNoRule, row);
  }

  // States of the argument are below; those above are ends.
  static constexpr State kFirstEnd = State{1} << 31;

  const Dfa& dfa_;
  const std::size_t states_max_;
  std::vector<std::optional<Symbol>> input_of_;  // by class: one that a name or a value may have
  std::map<Places, State> numbers_;
  std::vector<Places> places_;  // of the states 1 and up
  Dfa result_;
};

}  // namespace

std::optional<RelationLast> relation_last(const Dfa& dfa, std::size_t states_max) {
  if (is_one(begin_of_writes(dfa))) {
    return RelationLast{dfa, false};
  }
  const std::optional<Dfa> joined = Join(dfa, states_max).build();
  return joined ? std::optional(RelationLast{minimize(*joined), true}) : std::nullopt;
}

}  // namespace sg::automaton
