// SPDX-License-Identifier: Apache-2.0
// merge_states.cpp - a state's class follows from the classes its edges lead to, so targets go
// first.
//
// A depth-first walk leaves each state after all states behind it (Revuz). When it leaves a state,
// the state's row, with classes in place of targets, either is known or is a new class.
//
// A loop on the state itself has no class yet. It stands as kSelf in the row, which finds every
// state with a loop for the same inputs. One case is left: the state is equivalent to a state p
// that an edge of it leads to, as in "a" followed by a loop on "a". Then the two rows are equal
// once kSelf is read as p in both; each target with a loop is tried. Nothing else is possible,
// since the state p that is equivalent to this one loops wherever this one leads to p or to itself.
#include "automaton/merge_states.h"

#include <algorithm>
#include <span>

namespace sg::automaton {
namespace {

using Index = std::uint32_t;

class Merger {
 public:
  explicit Merger(const Dfa& dfa)
      : dfa_(dfa), class_of_(dfa.state_count(), kUnknown), slots_(first_slots(), kUnknown) {
    add_class({}, Known{});  // class 0: dead
  }

  std::optional<std::vector<Index>> merge() {
    std::vector<Visit> path;
    path.push_back(enter(dfa_.start));
    while (!path.empty()) {
      Visit& visit = path.back();
      const std::span<const Dfa::Edge> edges = dfa_.edges_of(visit.state);
      if (visit.next_edge == edges.size()) {
        class_of_[visit.state] = classify(visit.state);
        path.pop_back();
        continue;
      }
      const Dfa::State to = edges[visit.next_edge++].to;
      if (class_of_[to] == kOnPath && to != visit.state) {
        return std::nullopt;
      }
      if (class_of_[to] == kUnknown) {
        path.push_back(enter(to));
      }
    }
    std::replace(class_of_.begin(), class_of_.end(), kUnknown, Index{0});  // not reachable
    return std::move(class_of_);
  }

 private:
  static constexpr Index kUnknown = UINT32_MAX;
  static constexpr Index kOnPath = UINT32_MAX - 1;
  static constexpr Index kSelf = UINT32_MAX - 2;

  struct Visit {
    Dfa::State state = 0;
    std::size_t next_edge = 0;
  };

  struct Known {
    std::size_t first = 0;  // of its row, in rows_
    std::size_t last = 0;
    RuleNumber rule = kNoRule;
    bool has_loop = false;
    std::size_t hash = 0;
  };

  using Row = std::span<const Dfa::Edge>;

  // A power of two with room for a class of each state, half full at most.
  [[nodiscard]] std::size_t first_slots() const {
    std::size_t slots = 16;
    while (slots < 2 * dfa_.state_count()) {
      slots *= 2;
    }
    return slots;
  }

  Visit enter(Dfa::State state) {
    class_of_[state] = kOnPath;
    return {state, 0};
  }

  [[nodiscard]] Row row_of(const Known& known) const {
    return {rows_.data() + known.first, rows_.data() + known.last};
  }

  // Fills row_ with the classes behind each edge. True where one leads back to the state.
  bool make_row(Dfa::State state) {
    bool has_loop = false;
    row_.clear();
    for (const Dfa::Edge& edge : dfa_.edges_of(state)) {
      const Index target = edge.to == state ? kSelf : class_of_[edge.to];
      has_loop = has_loop || target == kSelf;
      if (target != 0) {
        row_.push_back({edge.on, target});
      }
    }
    return has_loop;
  }

  Index classify(Dfa::State state) {
    const RuleNumber rule = dfa_.rule_of[state];
    const bool has_loop = make_row(state);
    const auto is_loop = [](const Dfa::Edge& edge) { return edge.to == kSelf; };
    if (rule == kNoRule && std::all_of(row_.begin(), row_.end(), is_loop)) {
      return 0;
    }
    Index tried = 0;
    for (const Dfa::Edge& edge : row_) {
      if (edge.to != kSelf && edge.to != tried && is_unrolled_loop(rule, edge.to)) {
        return edge.to;
      }
      tried = edge.to;
    }
    const std::size_t hash = hash_of(row_, rule);
    Index& slot = find(row_, rule, hash);
    if (slot == kUnknown) {
      slot = static_cast<Index>(known_.size());
      add_class(row_, Known{.rule = rule, .has_loop = has_loop, .hash = hash});
    }
    return slot;
  }

  // Whether row_, with `rule`, is the row of the class `target` once a loop is read as an edge to
  // it.
  [[nodiscard]] bool is_unrolled_loop(RuleNumber rule, Index target) const {
    const Known& known = known_[target];
    if (!known.has_loop || known.rule != rule) {
      return false;
    }
    const auto unrolled = [target](const Dfa::Edge& edge) {
      return Dfa::Edge{edge.on, edge.to == kSelf ? target : edge.to};
    };
    return std::ranges::equal(row_, row_of(known), {}, unrolled, unrolled);
  }

  static std::size_t hash_of(Row row, RuleNumber rule) {
    std::size_t hash = rule;
    for (const Dfa::Edge& edge : row) {
      hash = (hash ^ (std::size_t{edge.on} << 32 ^ edge.to)) * 0x9e3779b97f4a7c15ull;
      hash ^= hash >> 29;
    }
    return hash;
  }

  Index& find(Row row, RuleNumber rule, std::size_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = hash & mask;
    while (slots_[place] != kUnknown) {
      const Known& known = known_[slots_[place]];
      if (known.hash == hash && known.rule == rule && std::ranges::equal(row, row_of(known))) {
        break;
      }
      place = (place + 1) & mask;
    }
    return slots_[place];
  }

  void add_class(Row row, Known known) {
    known.first = rows_.size();
    rows_.insert(rows_.end(), row.begin(), row.end());
    known.last = rows_.size();
    known_.push_back(known);
  }

  const Dfa& dfa_;
  std::vector<Index> class_of_;  // by state; kUnknown, kOnPath, or final
  std::vector<Known> known_;     // by class
  std::vector<Dfa::Edge> rows_;  // of all classes, with classes for targets
  std::vector<Dfa::Edge> row_;   // of the state being classified
  std::vector<Index> slots_;     // hash table of classes
};

}  // namespace

std::optional<std::vector<std::uint32_t>> merge_states(const Dfa& dfa) {
  return Merger(dfa).merge();
}

}  // namespace sg::automaton
