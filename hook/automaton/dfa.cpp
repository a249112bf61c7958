// SPDX-License-Identifier: Apache-2.0
// dfa.cpp - subset construction (Rabin and Scott): each state of the DFA is a set of NFA states.
//
// The loop: take a set that has no edges yet, collect for each class of symbols the targets of its
// members, and look up each such set among those known, making it a new state where it is not.
#include "automaton/dfa.h"

#include <algorithm>
#include <unordered_map>

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

RuleNumber Dfa::run(std::span<const Symbol> word) const {
  State state = start;
  for (const Symbol symbol : word) {
    state = next(state, symbol);
  }
  return rule_of[state];
}

namespace {

using Set = std::vector<Nfa::State>;

class Subsets {
 public:
  Subsets(const Nfa& nfa, const Budget& budget)
      : nfa_(nfa), budget_(budget), classes_(make_classes(nfa)), targets_(classes_.count) {
    expand_ranges();
  }

  std::variant<Dfa, OverBudget> build() {
    Dfa dfa;
    dfa.classes = classes_;
    intern({});  // the dead state is the empty set
    dfa.start = intern({Nfa::kStart});
    std::vector<Dfa::Edge> row;
    for (Dfa::State state = 1; state < sets_.size(); ++state) {
      collect_targets(state);
      row.clear();
      for (Class on = 0; on < classes_.count; ++on) {
        if (targets_[on].empty()) {
          continue;
        }
        row.push_back({on, intern(reduced(targets_[on]))});
        targets_[on].clear();
      }
      dfa.add_state(deciding_rule(*sets_[state]), row);
      if (sets_.size() > budget_.states || members_ > budget_.members) {
        return over_budget();
      }
    }
    return dfa;
  }

 private:
  struct SetHash {
    std::size_t operator()(const Set& set) const noexcept {
      std::size_t hash = set.size();
      for (const Nfa::State state : set) {
        hash = (hash ^ state) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 29;
      }
      return hash;
    }
  };

  // For each distinct range on an edge, the classes in it: edges are looked at many times.
  void expand_ranges() {
    ranges_of_.resize(nfa_.state_count());
    std::unordered_map<std::uint32_t, std::uint32_t> index;
    for (Nfa::State state = 0; state < nfa_.state_count(); ++state) {
      for (const Nfa::Edge& edge : nfa_.edges(state)) {
        const std::uint32_t key = static_cast<std::uint32_t>(edge.on.first) << 16 | edge.on.last;
        const auto [found, is_new] =
            index.try_emplace(key, static_cast<std::uint32_t>(range_classes_.size()));
        if (is_new) {
          std::vector<Class> inside;
          for (Symbol symbol = edge.on.first; symbol <= edge.on.last; ++symbol) {
            inside.push_back(classes_.of[symbol]);
          }
          std::sort(inside.begin(), inside.end());
          inside.erase(std::unique(inside.begin(), inside.end()), inside.end());
          range_classes_.push_back(std::move(inside));
        }
        ranges_of_[state].push_back(found->second);
      }
    }
  }

  // Fills targets_ with the states that the members of a set reach, by class.
  void collect_targets(Dfa::State state) {
    for (const Nfa::State member : *sets_[state]) {
      if (nfa_.is_forever(member)) {
        for (Set& target : targets_) {
          target.push_back(member);
        }
      }
      const std::span<const Nfa::Edge> edges = nfa_.edges(member);
      for (std::size_t i = 0; i < edges.size(); ++i) {
        for (const Class on : range_classes_[ranges_of_[member][i]]) {
          targets_[on].push_back(edges[i].to);
        }
      }
    }
  }

  // The set sorted, without duplicates, and without what can no longer decide: the first rule that
  // accepts for ever stands for itself, and rules behind it are out.
  Set reduced(Set set) const {
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
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
    return set;
  }

  Dfa::State intern(Set set) {
    const auto [found, is_new] =
        known_.try_emplace(std::move(set), static_cast<Dfa::State>(sets_.size()));
    if (is_new) {
      sets_.push_back(&found->first);  // keys of an unordered_map stay where they are
      members_ += found->first.size();
    }
    return found->second;
  }

  RuleNumber deciding_rule(const Set& set) const {
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
    for (const Set* set : sets_) {
      RuleNumber last = kNoRule;
      for (const Nfa::State state : *set) {
        const RuleNumber rule = nfa_.rule(state);
        if (rule == last) {
          continue;  // states of a rule stand together, so this counts a rule once or nearly so
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

  const Nfa& nfa_;
  const Budget budget_;
  const ByteClasses classes_;
  std::vector<std::vector<Class>> range_classes_;         // by distinct range
  std::vector<std::vector<std::uint32_t>> ranges_of_;     // by NFA state and edge: index into those
  std::vector<Set> targets_;                              // by class, scratch of build()
  std::unordered_map<Set, Dfa::State, SetHash> known_;
  std::vector<const Set*> sets_;                          // by DFA state
  std::size_t members_ = 0;
};

}  // namespace

std::variant<Dfa, OverBudget> determinize(const Nfa& nfa, const Budget& budget) {
  return Subsets(nfa, budget).build();
}

}  // namespace sg::automaton
