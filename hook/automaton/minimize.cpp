// SPDX-License-Identifier: Apache-2.0
// minimize.cpp - partition refinement on states and edges, in O(edges * log edges).
//
// Hopcroft's idea in the form of Valmari and Lehtinen for automata whose dead state is not written
// down: two partitions refine each other. States begin in one block for each rule, edges in one
// block for each class. A block of edges splits the blocks of states that some of its edges leave
// and others do not; a block of states that was split off splits the blocks of edges by whether
// they lead into it. What is left at the end are the classes of equivalent states.
//
// States that no accepting state can be reached from are merged into the dead one first.
//
// Automata without loops of several states need one pass (merge_states): a state's class follows
// from the classes its edges lead to, so targets go first. A depth-first walk leaves each state
// after all states behind it (Revuz). When it leaves a state, the state's row, with classes in
// place of targets, either is known or is a new class.
//
// A loop on the state itself has no class yet. It stands as kSelf in the row, which finds every
// state with a loop for the same inputs. One case is left: the state is equivalent to a state p
// that an edge of it leads to, as in "a" followed by a loop on "a". Then the two rows are equal
// once kSelf is read as p in both; each target with a loop is tried. Nothing else is possible,
// since the state p that is equivalent to this one loops wherever this one leads to p or to itself.
#include "automaton/minimize.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace sg::automaton {
namespace {

using Index = std::uint32_t;

constexpr Index kNone = UINT32_MAX;

// A partition of 0..n-1 whose blocks can be split by marking members.
class Partition {
 public:
  // One block for each distinct key, in the order of keys (a counting sort: keys are small
  // numbers).
  explicit Partition(const std::vector<Index>& key_of)
      : items_(key_of.size()), place_of_(key_of.size()), block_of_(key_of.size()) {
    const Index largest = key_of.empty() ? 0 : *std::max_element(key_of.begin(), key_of.end());
    std::vector<Index> end_of(std::size_t{largest} + 1, 0);
    for (const Index key : key_of) {
      ++end_of[key];
    }
    std::vector<Index> block_of_key(end_of.size(), kNone);
    Index end = 0;
    for (Index key = 0; key <= largest; ++key) {
      const Index size = end_of[key];
      end_of[key] = end;
      if (size != 0) {
        block_of_key[key] = count();
        blocks_.push_back({end, end + size, 0});
      }
      end += size;
    }
    for (Index item = 0; item < key_of.size(); ++item) {
      const Index place = end_of[key_of[item]]++;
      items_[place] = item;
      place_of_[item] = place;
      block_of_[item] = block_of_key[key_of[item]];
    }
  }

  [[nodiscard]] Index count() const { return static_cast<Index>(blocks_.size()); }
  [[nodiscard]] Index block_of(Index item) const { return block_of_[item]; }
  [[nodiscard]] Index begin(Index block) const { return blocks_[block].begin; }
  [[nodiscard]] Index end(Index block) const { return blocks_[block].end; }
  [[nodiscard]] Index item_at(Index place) const { return items_[place]; }

  // Marked members move to the front of their block.
  void mark(Index item) {
    Block& block = blocks_[block_of_[item]];
    const Index first_unmarked = block.begin + block.marked;
    const Index place = place_of_[item];
    if (place < first_unmarked) {
      return;
    }
    if (block.marked == 0) {
      touched_.push_back(block_of_[item]);
    }
    std::swap(items_[place], items_[first_unmarked]);
    place_of_[items_[place]] = place;
    place_of_[item] = first_unmarked;
    ++block.marked;
  }

  // Splits each touched block into its marked and unmarked members; the smaller part becomes a new
  // block, which is what bounds the work. Marks are gone afterwards.
  void split() {
    for (const Index number : touched_) {
      Block& block = blocks_[number];
      const Index middle = block.begin + block.marked;
      block.marked = 0;
      if (middle == block.end) {
        continue;
      }
      Block fresh{block.begin, middle, 0};
      if (middle - block.begin <= block.end - middle) {
        block.begin = middle;
      } else {
        fresh = {middle, block.end, 0};
        block.end = middle;
      }
      for (Index place = fresh.begin; place < fresh.end; ++place) {
        block_of_[items_[place]] = static_cast<Index>(blocks_.size());
      }
      blocks_.push_back(fresh);
    }
    touched_.clear();
  }

 private:
  struct Block {
    Index begin;
    Index end;
    Index marked;
  };
  std::vector<Index> items_;     // grouped by block
  std::vector<Index> place_of_;  // by item, in items_
  std::vector<Index> block_of_;  // by item
  std::vector<Block> blocks_;
  std::vector<Index> touched_;  // blocks with marks
};

// The blocks of equivalent states. `edges` are those between live ones.
Partition refine(const Dfa& dfa, const ReverseEdges& edges, const std::vector<bool>& live) {
  // Dead states get a key of their own, so that they never share a block with a live one.
  std::vector<Index> key(dfa.state_count());
  for (Index state = 0; state < dfa.state_count(); ++state) {
    key[state] = live[state] ? dfa.rule_of[state] + 1 : 0;
  }
  Partition blocks(key);
  std::vector<Index> class_of_edge;
  for (const Dfa::Edge& edge : edges.edges) {
    class_of_edge.push_back(edge.on);
  }
  Partition bundles(class_of_edge);
  Index next_block = 1;  // block 0 is done with: all edges lead into the complement of the others
  for (Index bundle = 0; bundle < bundles.count(); ++bundle) {
    for (Index i = bundles.begin(bundle); i < bundles.end(bundle); ++i) {
      blocks.mark(edges.edges[bundles.item_at(i)].to);
    }
    blocks.split();
    for (; next_block < blocks.count(); ++next_block) {
      for (Index i = blocks.begin(next_block); i < blocks.end(next_block); ++i) {
        const Index state = blocks.item_at(i);
        for (Index j = edges.first[state]; j < edges.first[state + 1]; ++j) {
          bundles.mark(j);
        }
      }
      bundles.split();
    }
  }
  return blocks;
}

// For each state the number of its class of equivalent states, 0 for the dead ones.
std::vector<Index> equivalence_classes(const Dfa& dfa) {
  if (std::optional<std::vector<Index>> merged = merge_states(dfa)) {
    return *std::move(merged);
  }
  // Which states can still reach a rule. The others are dead, whatever follows.
  std::vector<bool> live;
  for (const RuleNumber rule : dfa.rule_of) {
    live.push_back(rule != kNoRule);
  }
  live = states_before(dfa, std::move(live));
  const Partition blocks = refine(dfa, ReverseEdges(dfa, live), live);
  std::vector<Index> class_of(dfa.state_count());
  for (Index state = 0; state < dfa.state_count(); ++state) {
    class_of[state] =
        blocks.block_of(state);  // the dead state is in block 0, having the lowest key
  }
  return class_of;
}

class Merger {
 public:
  explicit Merger(const Dfa& dfa)
      : dfa_(dfa), class_of_(dfa.state_count(), kUnknown), slots_(first_slots(), kUnknown) {
    known_.reserve(dfa.state_count() + 1);
    rows_.reserve(dfa.edges.size());
    add_class({}, Known{});  // class 0: dead
  }

  std::optional<std::vector<Index>> merge() {
    std::vector<Visit> path;
    path.push_back(enter(dfa_.start));
    while (!path.empty()) {
      Visit& visit = path.back();
      const std::span<const Dfa::Edge> edges = dfa_.edges_of(visit.state);
      const auto has_class = [&](const Dfa::Edge& edge) {
        return class_of_[edge.to] < kSelf || edge.to == visit.state;
      };
      while (visit.next_edge < edges.size() && has_class(edges[visit.next_edge])) {
        ++visit.next_edge;
      }
      if (visit.next_edge == edges.size()) {
        class_of_[visit.state] = classify(visit.state);
        path.pop_back();
        continue;
      }
      const Dfa::State to = edges[visit.next_edge].to;
      if (class_of_[to] == kOnPath) {
        return std::nullopt;
      }
      path.push_back(enter(to));
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

  // As small as it can be: there is one for each state, in no order that they are asked for in.
  struct Known {
    Index first = 0;  // of its row, in rows_
    Index last = 0;
    RuleNumber rule = kNoRule;
    bool has_loop = false;
    std::uint32_t hash = 0;
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

  // What a state's row has beside loops on itself.
  struct RowKind {
    bool has_loop = false;
    bool has_other = false;
  };

  // Fills row_ with the classes behind each edge.
  RowKind make_row(Dfa::State state) {
    RowKind kind;
    row_.clear();
    for (const Dfa::Edge& edge : dfa_.edges_of(state)) {
      const Index target = edge.to == state ? kSelf : class_of_[edge.to];
      if (target != 0) {
        row_.push_back({edge.on, target});
        (target == kSelf ? kind.has_loop : kind.has_other) = true;
      }
    }
    return kind;
  }

  Index classify(Dfa::State state) {
    const RuleNumber rule = dfa_.rule_of[state];
    const RowKind kind = make_row(state);
    if (rule == kNoRule && !kind.has_other) {
      return 0;
    }
    Index tried = 0;
    for (const Dfa::Edge& edge : row_) {
      if (edge.to != kSelf && edge.to != tried && is_unrolled_loop(rule, edge.to)) {
        return edge.to;
      }
      tried = edge.to;
    }
    const std::uint32_t hash = hash_of(row_, rule);
    Index& slot = find(row_, rule, hash);
    if (slot == kUnknown) {
      slot = static_cast<Index>(known_.size());
      add_class(row_, Known{.rule = rule, .has_loop = kind.has_loop, .hash = hash});
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

  static std::uint32_t hash_of(Row row, RuleNumber rule) {
    std::size_t hash = rule;
    for (const Dfa::Edge& edge : row) {
      hash = (hash ^ (std::size_t{edge.on} << 32 ^ edge.to)) * 0x9e3779b97f4a7c15ull;
      hash ^= hash >> 29;
    }
    return static_cast<std::uint32_t>(hash);
  }

  Index& find(Row row, RuleNumber rule, std::uint32_t hash) {
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
    known.first = static_cast<Index>(rows_.size());
    rows_.insert(rows_.end(), row.begin(), row.end());
    known.last = static_cast<Index>(rows_.size());
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

// One state for each class, numbered breadth first from the start.
Dfa minimize(const Dfa& dfa) {
  const std::vector<Index> class_of = equivalence_classes(dfa);
  Dfa result;
  result.classes = dfa.classes;
  if (class_of[dfa.start] == 0) {
    return result;
  }
  std::vector<Index> number(dfa.state_count(), kNone);  // by class
  std::vector<Index> member;  // a state of each numbered class, from number 1 on
  const auto number_of = [&](Index state) {
    Index& found = number[class_of[state]];
    if (found == kNone) {
      member.push_back(state);
      found = static_cast<Index>(member.size());
    }
    return found;
  };
  result.start = number_of(dfa.start);
  std::vector<Dfa::Edge> row;
  for (std::size_t i = 0; i < member.size(); ++i) {
    row.clear();
    for (const Dfa::Edge& edge : dfa.edges_of(member[i])) {
      if (class_of[edge.to] != 0) {
        row.push_back({edge.on, number_of(edge.to)});
      }
    }
    result.add_state(dfa.rule_of[member[i]], row);
  }
  return result;
}

std::optional<std::vector<std::uint32_t>> merge_states(const Dfa& dfa) {
  return Merger(dfa).merge();
}

}  // namespace sg::automaton
