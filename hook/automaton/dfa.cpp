// SPDX-License-Identifier: Apache-2.0
// dfa.cpp - subset construction (Rabin and Scott): each state of the DFA is a set of NFA states.
//
// The loop: take a set that has no edges yet, collect for each class of symbols the targets of its
// members, and look up each such set among those known, making it a new state where it is not. Most
// sets have one member, from which one edge leads to one state: these are known by that state alone.
#include "automaton/dfa.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <numeric>
#include <utility>

namespace sg::automaton {

Dfa::State Dfa::add_state(RuleNumber rule, std::span<const Edge> sorted_edges) {
  edges.insert(edges.end(), sorted_edges.begin(), sorted_edges.end());
  first_edge.push_back(static_cast<std::uint32_t>(edges.size()));
  rule_of.push_back(rule);
  return static_cast<State>(rule_of.size() - 1);
}

Dfa::State Dfa::next(State state, Symbol symbol) const {
  const std::span<const Edge> row = edges_of(state);
  const Class on = classes.of[symbol];
  const auto found = std::lower_bound(row.begin(), row.end(), on,
                                      [](const Edge& edge, Class cls) { return edge.on < cls; });
  return found != row.end() && found->on == on ? found->to : kDead;
}

Dfa::State Dfa::next(State state, std::string_view bytes) const {
  for (const char byte : bytes) {
    state = next(state, static_cast<unsigned char>(byte));
  }
  return state;
}

RuleNumber Dfa::run(std::span<const Symbol> word) const {
  State state = start;
  for (const Symbol symbol : word) {
    state = next(state, symbol);
  }
  return rule_of[state];
}

namespace {

// A set of NFA states, sorted.
using Set = std::span<const Nfa::State>;

// All sets found so far, by number: one array of members, and a hash table with open addressing
// over the numbers. Sets are small and many; a container for each would be most of the work. A set of
// one member has its number in an array instead.
class SetStore {
 public:
  explicit SetStore(std::size_t members) : slots_(1024, kEmpty), of_one_(members, kEmpty) {}

  [[nodiscard]] std::size_t count() const { return end_of_.size() - 1; }
  [[nodiscard]] std::size_t member_count() const { return members_.size(); }
  [[nodiscard]] Set set(std::size_t number) const {
    return {members_.data() + end_of_[number], members_.data() + end_of_[number + 1]};
  }

  // The number of `set`, a new one where it was not known.
  std::uint32_t intern(Set set) {
    if (set.size() == 1) {
      return intern_one(set[0]);
    }
    if (2 * hashed_ >= slots_.size()) {
      grow();
    }
    std::uint32_t& slot = find(set, hash(set));
    hashed_ += slot == kEmpty ? 1 : 0;
    return number(slot, set);
  }

  // The number of the set of one member.
  std::uint32_t intern_one(Nfa::State member) { return number(of_one_[member], {&member, 1}); }

 private:
  static constexpr std::uint32_t kEmpty = UINT32_MAX;

  std::uint32_t number(std::uint32_t& slot, Set set) {
    if (slot == kEmpty) {
      slot = static_cast<std::uint32_t>(count());
      members_.insert(members_.end(), set.begin(), set.end());
      end_of_.push_back(members_.size());
    }
    return slot;
  }

  static std::size_t hash(Set set) {
    std::size_t hash = set.size();
    for (const Nfa::State state : set) {
      hash = (hash ^ state) * 0x9e3779b97f4a7c15ull;  // 2^64 divided by the golden ratio
      hash ^= hash >> 29;
    }
    return hash;
  }

  std::uint32_t& find(Set wanted, std::size_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = hash & mask;
    while (slots_[place] != kEmpty && !std::ranges::equal(set(slots_[place]), wanted)) {
      place = (place + 1) & mask;
    }
    return slots_[place];
  }

  void grow() {
    slots_.assign(slots_.size() * 4, kEmpty);
    for (std::size_t number = 0; number < count(); ++number) {
      if (set(number).size() != 1) {
        find(set(number), hash(set(number))) = static_cast<std::uint32_t>(number);
      }
    }
  }

  std::vector<Nfa::State> members_;
  std::vector<std::size_t> end_of_ = {0};  // of set n - 1, where set n begins
  std::vector<std::uint32_t> slots_;       // numbers of sets; a power of two of them
  std::size_t hashed_ = 0;                 // how many of them are taken
  std::vector<std::uint32_t> of_one_;      // by member: the number of the set of it alone
};

class Subsets {
 public:
  Subsets(const Nfa& nfa, const Budget& budget)
      : nfa_(nfa),
        budget_(budget),
        classes_(make_classes(nfa)),
        targets_(classes_.count),
        sets_(nfa.state_count()) {
    expand_ranges();
  }

  std::variant<Dfa, OverBudget> build() {
    Dfa dfa;
    dfa.classes = classes_;
    sets_.intern({});  // the dead state is the empty set
    dfa.start = sets_.intern(std::array{Nfa::kStart});
    std::vector<Dfa::Edge> row;
    for (Dfa::State state = 1; state < sets_.count(); ++state) {
      row.clear();
      fill_row(sets_.set(state), row);
      dfa.add_state(deciding_rule(sets_.set(state)), row);
      if (sets_.count() > budget_.states || sets_.member_count() > budget_.members ||
          steps_taken_ > budget_.steps) {
        return over_budget();
      }
    }
    return dfa;
  }

 private:
  static constexpr Nfa::State kNoState = UINT32_MAX;

  // Where a set leads to by one class: mostly to one state.
  struct Targets {
    Nfa::State first = kNoState;
    std::vector<Nfa::State> several;  // all of them, where there are more than one
  };

  // The edges of the state that stands for the set.
  void fill_row(Set set, std::vector<Dfa::Edge>& row) {
    collect_targets(set);
    for (std::size_t word = 0; word < reached_.size(); ++word) {
      for (; reached_[word] != 0; reached_[word] &= reached_[word] - 1) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(reached_[word]));
        const auto on = static_cast<Class>(word * 64 + bit);
        row.push_back({on, take_target(targets_[on], row)});
      }
    }
  }

  // The state behind one class, whose targets are empty then. `row` has the edges of the classes before.
  Dfa::State take_target(Targets& targets, const std::vector<Dfa::Edge>& row) {
    const Nfa::State first = std::exchange(targets.first, kNoState);
    if (targets.several.empty()) {
      ++steps_taken_;
      return sets_.intern_one(first);
    }
    steps_taken_ += targets.several.size();
    reduce(targets.several);
    // A '*' has the same target for nearly every class; looking it up once is enough.
    const bool again =
        !row.empty() && std::ranges::equal(targets.several, sets_.set(row.back().to));
    const Dfa::State found = again ? row.back().to : sets_.intern(targets.several);
    targets.several.clear();
    return found;
  }

  // For each distinct range on an edge, the classes in it: edges are looked at many times.
  void expand_ranges() {
    std::vector<SymbolRange> ranges;  // few: of digits, and what a '*' is
    for (Nfa::State state = 0; state < nfa_.state_count(); ++state) {
      first_step_.push_back(static_cast<std::uint32_t>(steps_.size()));
      for (std::uint32_t i = nfa_.first_edge(state); i != Nfa::kNoEdge; i = nfa_.edge(i).next) {
        const Nfa::Edge& edge = nfa_.edge(i);
        if (edge.on.first == edge.on.last) {
          steps_.push_back({classes_.of[edge.on.first], kOneClass, edge.to});
          continue;
        }
        const auto found = std::ranges::find(ranges, edge.on);
        const auto number = static_cast<std::uint32_t>(found - ranges.begin());
        if (found == ranges.end()) {
          ranges.push_back(edge.on);
          classes_of_range_.push_back(classes_in(edge.on));
        }
        steps_.push_back({0, number, edge.to});
      }
    }
    first_step_.push_back(static_cast<std::uint32_t>(steps_.size()));
  }

  std::vector<Class> classes_in(SymbolRange range) const {
    std::vector<Class> inside;
    for (Symbol symbol = range.first; symbol <= range.last; ++symbol) {
      inside.push_back(classes_.of[symbol]);
    }
    std::sort(inside.begin(), inside.end());
    inside.erase(std::unique(inside.begin(), inside.end()), inside.end());
    return inside;
  }

  void add_target(Class on, Nfa::State to) {
    Targets& targets = targets_[on];
    if (targets.first == kNoState) {
      reached_[on / 64] |= std::uint64_t{1} << (on % 64);
      targets.first = to;
      return;
    }
    if (targets.several.empty()) {
      targets.several.push_back(targets.first);
    }
    targets.several.push_back(to);
  }

  // Fills targets_ with the states that the members of a set reach, by class, and reached_ with
  // the bits of these classes.
  void collect_targets(Set set) {
    for (const Nfa::State member : set) {
      if (nfa_.is_forever(member)) {
        for (Class on = 0; on < classes_.count; ++on) {
          add_target(on, member);
        }
      }
      for (std::uint32_t i = first_step_[member]; i < first_step_[member + 1]; ++i) {
        const Step& step = steps_[i];
        if (step.range == kOneClass) {
          add_target(step.on, step.to);
          continue;
        }
        for (const Class on : classes_of_range_[step.range]) {
          add_target(on, step.to);
        }
      }
    }
  }

  // Sorts the set and drops duplicates and what can no longer decide: the first rule that accepts
  // for ever stands for itself, and rules behind it are out.
  void reduce(std::vector<Nfa::State>& set) const {
    // Mostly it is sorted already: members are, and so are most of their targets.
    if (std::ranges::adjacent_find(set, std::greater_equal<>()) != set.end()) {
      std::sort(set.begin(), set.end());
      set.erase(std::unique(set.begin(), set.end()), set.end());
    }
    const Nfa::State none = static_cast<Nfa::State>(nfa_.state_count());
    Nfa::State winner = none;
    for (const Nfa::State state : set) {
      if (nfa_.is_forever(state) && (winner == none || nfa_.rule(state) < nfa_.rule(winner))) {
        winner = state;
      }
    }
    if (winner != none) {
      std::erase_if(set, [&](Nfa::State state) {
        return state != winner && nfa_.rule(state) >= nfa_.rule(winner);
      });
    }
  }

  RuleNumber deciding_rule(Set set) const {
    RuleNumber best = kNoRule;
    for (const Nfa::State state : set) {
      if (nfa_.is_final(state) && (best == kNoRule || nfa_.rule(state) < best)) {
        best = nfa_.rule(state);
      }
    }
    return best;
  }

  OverBudget over_budget() const {
    OverBudget result;
    for (std::size_t number = 0; number < sets_.count(); ++number) {
      RuleNumber last = kNoRule;
      for (const Nfa::State state : sets_.set(number)) {
        const RuleNumber rule = nfa_.rule(state);
        if (rule == last) {
          continue;  // states of a rule have numbers in a row, so a set counts a rule once
        }
        last = rule;
        if (result.states_of_rule.size() <= rule) {
          result.states_of_rule.resize(rule + 1);
        }
        ++result.states_of_rule[rule];
      }
    }
    return result;
  }

  static constexpr std::uint32_t kOneClass = UINT32_MAX;

  // An edge of the NFA with classes for symbols: `on` alone, or all of a range.
  struct Step {
    Class on;
    std::uint32_t range;  // in classes_of_range_, or kOneClass
    Nfa::State to;
  };

  const Nfa& nfa_;
  const Budget budget_;
  const ByteClasses classes_;
  std::vector<std::vector<Class>> classes_of_range_;
  std::vector<Step> steps_;                // grouped by the state they leave
  std::vector<std::uint32_t> first_step_;  // of each NFA state, and one past the last
  std::vector<Targets> targets_;           // by class; scratch of build()
  std::array<std::uint64_t, kSymbolCount / 64 + 1> reached_{};  // a bit for each class with targets
  SetStore sets_;                                               // numbers are states of the DFA
  std::size_t steps_taken_ = 0;
};

}  // namespace

ReverseEdges::ReverseEdges(const Dfa& dfa, const std::vector<bool>& into)
    : first(dfa.state_count() + 1) {
  const auto is_wanted = [&into](const Dfa::Edge& edge) { return into.empty() || into[edge.to]; };
  for (const Dfa::Edge& edge : dfa.edges) {
    first[edge.to + 1] += is_wanted(edge) ? 1 : 0;
  }
  std::partial_sum(first.begin(), first.end(), first.begin());
  edges.resize(first.back());
  std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
  for (Dfa::State state = 0; state < dfa.state_count(); ++state) {
    for (const Dfa::Edge& edge : dfa.edges_of(state)) {
      if (is_wanted(edge)) {
        edges[next[edge.to]++] = {edge.on, state};
      }
    }
  }
}

std::vector<bool> states_before(const Dfa& dfa, std::vector<bool> goals) {
  const ReverseEdges into(dfa);
  std::vector<Dfa::State> todo;
  for (Dfa::State state = 0; state < dfa.state_count(); ++state) {
    if (goals[state]) {
      todo.push_back(state);
    }
  }
  while (!todo.empty()) {
    const Dfa::State state = todo.back();
    todo.pop_back();
    for (const Dfa::Edge& edge : into.of(state)) {
      if (!goals[edge.to]) {
        goals[edge.to] = true;
        todo.push_back(edge.to);
      }
    }
  }
  return goals;
}

std::variant<Dfa, OverBudget> determinize(const Nfa& nfa, const Budget& budget) {
  return Subsets(nfa, budget).build();
}

}  // namespace sg::automaton
