// SPDX-License-Identifier: Apache-2.0
// minimize.cpp - partition refinement on states and edges, in O(edges * log edges).
//
// Hopcroft's idea in the form of Valmari and Lehtinen for automata whose dead state is not written
// down: two partitions refine each other. States begin in one block for each rule, edges in one
// block for each class. A block of edges splits the blocks of states that some of its edges leave
// and others do not; a block of states that was split off splits the blocks of edges by whether
// they lead into it. What is left at the end are the classes of equivalent states.
//
// States that no accepting state can be reached from are merged into the dead one first. Automata
// without loops of several states are left to merge_states, which needs one pass for them.
#include "automaton/minimize.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "automaton/merge_states.h"

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

// The edges of a DFA as three columns, and for each state the edges that lead into it.
struct EdgeList {
  std::vector<Index> from, on, to;
  std::vector<Index> into, first_into;

  [[nodiscard]] Index size() const { return static_cast<Index>(from.size()); }

  void index_targets(std::size_t state_count) {
    first_into.assign(state_count + 1, 0);
    for (const Index target : to) {
      ++first_into[target + 1];
    }
    std::partial_sum(first_into.begin(), first_into.end(), first_into.begin());
    into.resize(to.size());
    std::vector<Index> fill(first_into.begin(), first_into.end() - 1);
    for (Index edge = 0; edge < size(); ++edge) {
      into[fill[to[edge]]++] = edge;
    }
  }
};

EdgeList list_edges(const Dfa& dfa) {
  EdgeList list;
  list.from.reserve(dfa.edges.size());
  list.on.reserve(dfa.edges.size());
  list.to.reserve(dfa.edges.size());
  for (Dfa::State state = 0; state < dfa.state_count(); ++state) {
    for (const Dfa::Edge& edge : dfa.edges_of(state)) {
      list.from.push_back(state);
      list.on.push_back(edge.on);
      list.to.push_back(edge.to);
    }
  }
  list.index_targets(dfa.state_count());
  return list;
}

// Which states can still reach a rule. The others are dead, whatever follows.
std::vector<bool> live_states(const Dfa& dfa, const EdgeList& edges) {
  std::vector<bool> live(dfa.state_count());
  std::vector<Index> todo;
  for (Index state = 0; state < dfa.state_count(); ++state) {
    if (dfa.rule_of[state] != kNoRule) {
      live[state] = true;
      todo.push_back(state);
    }
  }
  while (!todo.empty()) {
    const Index state = todo.back();
    todo.pop_back();
    for (Index i = edges.first_into[state]; i < edges.first_into[state + 1]; ++i) {
      const Index from = edges.from[edges.into[i]];
      if (!live[from]) {
        live[from] = true;
        todo.push_back(from);
      }
    }
  }
  return live;
}

// The edges between live states only. Usually that is all of them.
EdgeList keep_live(EdgeList all, const std::vector<bool>& live) {
  Index kept = 0;
  for (Index edge = 0; edge < all.size(); ++edge) {
    if (live[all.from[edge]] && live[all.to[edge]]) {
      all.from[kept] = all.from[edge];
      all.on[kept] = all.on[edge];
      all.to[kept] = all.to[edge];
      ++kept;
    }
  }
  if (kept != all.size()) {
    all.from.resize(kept);
    all.on.resize(kept);
    all.to.resize(kept);
    all.index_targets(live.size());
  }
  return all;
}

// The blocks of equivalent states.
Partition refine(const Dfa& dfa, const EdgeList& edges, const std::vector<bool>& live) {
  // Dead states get a key of their own, so that they never share a block with a live one.
  std::vector<Index> key(dfa.state_count());
  for (Index state = 0; state < dfa.state_count(); ++state) {
    key[state] = live[state] ? dfa.rule_of[state] + 1 : 0;
  }
  Partition blocks(key);
  Partition bundles(edges.on);
  Index next_block = 1;  // block 0 is done with: all edges lead into the complement of the others
  for (Index bundle = 0; bundle < bundles.count(); ++bundle) {
    for (Index i = bundles.begin(bundle); i < bundles.end(bundle); ++i) {
      blocks.mark(edges.from[bundles.item_at(i)]);
    }
    blocks.split();
    for (; next_block < blocks.count(); ++next_block) {
      for (Index i = blocks.begin(next_block); i < blocks.end(next_block); ++i) {
        const Index state = blocks.item_at(i);
        for (Index j = edges.first_into[state]; j < edges.first_into[state + 1]; ++j) {
          bundles.mark(edges.into[j]);
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
  EdgeList all = list_edges(dfa);
  const std::vector<bool> live = live_states(dfa, all);
  const EdgeList edges = keep_live(std::move(all), live);
  const Partition blocks = refine(dfa, edges, live);
  std::vector<Index> class_of(dfa.state_count());
  for (Index state = 0; state < dfa.state_count(); ++state) {
    class_of[state] =
        blocks.block_of(state);  // the dead state is in block 0, having the lowest key
  }
  return class_of;
}

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

}  // namespace sg::automaton
