// SPDX-License-Identifier: Apache-2.0
// set_algebra.cpp - the product construction: a state of the result is a pair of states.
//
// Pairs are numbered as they are reached. What a pair does with an input follows from what its two
// states do, and the three operations differ in two questions: which pairs are dead, and which rule
// decides where a word ends in a pair. A state that is in the set for ever, whatever follows, ends
// the walk of a difference: this is what makes a limit of "net.*" cheap, however many rules ask for
// less than that.
#include "automaton/set_algebra.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"

namespace sg::automaton {
namespace {

using State = Dfa::State;

enum class Operation { kIntersection, kDifference, kUnion };

struct Pair {
  State a = Dfa::kDead;
  State b = Dfa::kDead;

  friend bool operator==(const Pair&, const Pair&) = default;
};

// The numbers of pairs, in the order in which they came: a hash table with open addressing. Number
// 0 is the dead pair.
class PairStore {
 public:
  PairStore() : pairs_(1), slots_(1024, kEmpty) {}

  [[nodiscard]] std::size_t count() const { return pairs_.size(); }
  [[nodiscard]] Pair pair(std::size_t number) const { return pairs_[number]; }

  State number_of(Pair pair) {
    if (pair == Pair{}) {
      return Dfa::kDead;
    }
    if (2 * pairs_.size() >= slots_.size()) {
      grow();
    }
    State& slot = find(pair);
    if (slot == kEmpty) {
      slot = static_cast<State>(pairs_.size());
      pairs_.push_back(pair);
    }
    return slot;
  }

 private:
  static constexpr State kEmpty = UINT32_MAX;

  State& find(Pair pair) {
    const std::uint64_t key = std::uint64_t{pair.a} << 32 | pair.b;
    const std::uint64_t hash = key * 0x9e3779b97f4a7c15ull;  // 2^64 divided by the golden ratio
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = static_cast<std::size_t>(hash >> 32) & mask;
    while (slots_[place] != kEmpty && pairs_[slots_[place]] != pair) {
      place = (place + 1) & mask;
    }
    return slots_[place];
  }

  void grow() {
    slots_.assign(slots_.size() * 4, kEmpty);
    for (std::size_t number = 1; number < pairs_.size(); ++number) {
      find(pairs_[number]) = static_cast<State>(number);
    }
  }

  std::vector<Pair> pairs_;
  std::vector<State> slots_;  // a power of two of them
};

// The classes that respect those of two automata, and which they are by the classes of one of them.
struct JointClasses {
  ByteClasses classes;
  std::vector<std::vector<Class>> of_a;  // the joint classes in a class of `a`
  std::vector<std::vector<Class>> of_b;
  std::vector<Class> to_a;  // the class of `a` that a joint class lies in
  std::vector<Class> to_b;

  JointClasses(const ByteClasses& a, const ByteClasses& b) : of_a(a.count), of_b(b.count) {
    std::vector<std::vector<int>> joint(a.count, std::vector<int>(b.count, -1));
    classes.count = 0;
    for (Symbol symbol = 0; symbol < kSymbolCount; ++symbol) {
      const Class in_a = a.of[symbol];
      const Class in_b = b.of[symbol];
      int& number = joint[in_a][in_b];
      if (number < 0) {
        number = classes.count++;
        of_a[in_a].push_back(static_cast<Class>(number));
        of_b[in_b].push_back(static_cast<Class>(number));
        to_a.push_back(in_a);
        to_b.push_back(in_b);
      }
      classes.of[symbol] = static_cast<Class>(number);
    }
  }
};

// True for each state behind which every word is in the set.
std::vector<bool> states_for_ever(const Dfa& dfa) {
  std::vector<bool> result(dfa.state_count());
  for (State state = 0; state < dfa.state_count(); ++state) {
    const auto edges = dfa.edges_of(state);
    result[state] =
        dfa.rule_of[state] != kNoRule && edges.size() == dfa.classes.count &&
        std::ranges::all_of(edges, [state](const Dfa::Edge& edge) { return edge.to == state; });
  }
  return result;
}

class Product {
 public:
  Product(const Dfa& a, const Dfa& b, Operation operation)
      : a_(a),
        b_(b),
        operation_(operation),
        joint_(a.classes, b.classes),
        for_ever_in_b_(states_for_ever(b)),
        next_a_(a.classes.count, Dfa::kDead),
        next_b_(b.classes.count, Dfa::kDead) {}

  // Beyond the budget pairs have no edges any more: what they would lead to is left out.
  Beginning build(const ProductBudget& budget) {
    Beginning made;
    made.is_whole = true;
    made.dfa.classes = joint_.classes;
    made.dfa.start = number_of({a_.start, b_.start});
    for (State state = 1; state < pairs_.count(); ++state) {
      made.is_whole =
          made.is_whole && pairs_.count() <= budget.states && made.dfa.edges.size() <= budget.edges;
      const Pair pair = pairs_.pair(state);
      made.dfa.add_state(rule_of(pair),
                         made.is_whole ? make_row(pair) : std::span<const Dfa::Edge>());
    }
    return made;
  }

 private:
  State number_of(Pair pair) {
    const bool is_dead = (operation_ != Operation::kUnion && pair.a == Dfa::kDead) ||
                         (operation_ == Operation::kIntersection && pair.b == Dfa::kDead) ||
                         (operation_ == Operation::kDifference && for_ever_in_b_[pair.b]);
    return is_dead ? Dfa::kDead : pairs_.number_of(pair);
  }

  [[nodiscard]] RuleNumber rule_of(Pair pair) const {
    const RuleNumber in_a = a_.rule_of[pair.a];
    const RuleNumber in_b = b_.rule_of[pair.b];
    switch (operation_) {
      case Operation::kIntersection:
        return in_b != kNoRule ? in_a : kNoRule;
      case Operation::kDifference:
        return in_b == kNoRule ? in_a : kNoRule;
      case Operation::kUnion:
        return in_a != kNoRule ? in_a : in_b;
    }
    return kNoRule;
  }

  std::span<const Dfa::Edge> make_row(Pair pair) {
    const auto edges_a = a_.edges_of(pair.a);
    const auto edges_b = b_.edges_of(pair.b);
    for (const Dfa::Edge& edge : edges_a) {
      next_a_[edge.on] = edge.to;
    }
    for (const Dfa::Edge& edge : edges_b) {
      next_b_[edge.on] = edge.to;
    }
    row_.clear();
    for (const Dfa::Edge& edge : edges_a) {
      add_edges(joint_.of_a[edge.on]);
    }
    if (operation_ == Operation::kUnion) {
      for (const Dfa::Edge& edge : edges_b) {
        for (const Class on : joint_.of_b[edge.on]) {
          if (next_a_[joint_.to_a[on]] == Dfa::kDead) {
            add_edge(on);
          }
        }
      }
    }
    std::ranges::sort(row_, {}, &Dfa::Edge::on);
    for (const Dfa::Edge& edge : edges_a) {
      next_a_[edge.on] = Dfa::kDead;
    }
    for (const Dfa::Edge& edge : edges_b) {
      next_b_[edge.on] = Dfa::kDead;
    }
    return row_;
  }

  void add_edges(const std::vector<Class>& joint_classes) {
    for (const Class on : joint_classes) {
      add_edge(on);
    }
  }

  void add_edge(Class on) {
    const State to = number_of({next_a_[joint_.to_a[on]], next_b_[joint_.to_b[on]]});
    if (to != Dfa::kDead) {
      row_.push_back({on, to});
    }
  }

  const Dfa& a_;
  const Dfa& b_;
  const Operation operation_;
  const JointClasses joint_;
  const std::vector<bool> for_ever_in_b_;
  std::vector<State> next_a_;  // by class of `a`: where the pair at hand goes; scratch
  std::vector<State> next_b_;
  std::vector<Dfa::Edge> row_;
  PairStore pairs_;
};

std::optional<Dfa> whole(Beginning made) {
  return made.is_whole ? std::optional(std::move(made.dfa)) : std::nullopt;
}

}  // namespace

std::optional<Dfa> intersection(const Dfa& a, const Dfa& b, const ProductBudget& budget) {
  return whole(Product(a, b, Operation::kIntersection).build(budget));
}

std::optional<Dfa> difference(const Dfa& a, const Dfa& b, const ProductBudget& budget) {
  return whole(beginning_of_difference(a, b, budget));
}

Beginning beginning_of_difference(const Dfa& a, const Dfa& b, const ProductBudget& budget) {
  return Product(a, b, Operation::kDifference).build(budget);
}

std::optional<Dfa> unite(const Dfa& a, const Dfa& b, const ProductBudget& budget) {
  return whole(Product(a, b, Operation::kUnion).build(budget));
}

Dfa relabel(Dfa dfa, std::span<const RuleNumber> number_of) {
  SG_CHECK(!number_of.empty() && number_of[0] == kNoRule);
  for (RuleNumber& rule : dfa.rule_of) {
    SG_CHECK(rule < number_of.size());
    rule = number_of[rule];
  }
  return dfa;
}

bool is_empty(const Dfa& dfa) {
  return std::ranges::all_of(dfa.rule_of, [](RuleNumber rule) { return rule == kNoRule; });
}

}  // namespace sg::automaton
