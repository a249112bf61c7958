// SPDX-License-Identifier: Apache-2.0
// nfa.cpp - states of rules, and the refinement of classes.
#include "automaton/nfa.h"

#include <algorithm>
#include <bitset>

namespace sg::automaton {
namespace {

constexpr Class kUnset = 0xffff;

// The classes so far, and how many symbols are in each.
struct Refinement {
  ByteClasses classes;
  std::array<std::uint16_t, kSymbolCount> size{kSymbolCount};

  // Splits every class that `range` cuts: members inside move to a new class.
  void split(SymbolRange range) {
    if (range.first == range.last) {
      move_out(classes.of[range.first]);
      return;
    }
    std::array<std::uint16_t, kSymbolCount> inside{};
    for (Symbol symbol = range.first; symbol <= range.last; ++symbol) {
      ++inside[classes.of[symbol]];
    }
    std::array<Class, kSymbolCount> moved_to{};
    moved_to.fill(kUnset);
    for (Symbol symbol = range.first; symbol <= range.last; ++symbol) {
      Class& cls = classes.of[symbol];
      if (moved_to[cls] == kUnset) {
        // All of it is inside: it stays.
        moved_to[cls] = inside[cls] == size[cls] ? cls : classes.count++;
      }
      if (moved_to[cls] != cls) {
        --size[cls];
        ++size[moved_to[cls]];
        cls = moved_to[cls];
      }
    }
  }

 private:
  // One symbol, out of its class into one of its own.
  void move_out(Class& cls) {
    if (size[cls] > 1) {
      --size[cls];
      cls = classes.count++;
      size[cls] = 1;
    }
  }
};

// Numbers classes by their smallest symbol, so that equal automata get equal tables.
void renumber(ByteClasses& classes) {
  std::array<Class, kSymbolCount> number{};
  number.fill(kUnset);
  Class next = 0;
  for (Class& cls : classes.of) {
    if (number[cls] == kUnset) {
      number[cls] = next++;
    }
    cls = number[cls];
  }
}

}  // namespace

Nfa::State Nfa::add_state(RuleNumber rule) {
  states_.push_back(StateData{rule, false, false, kNoEdge});
  return static_cast<State>(states_.size() - 1);
}

ByteClasses make_classes(const std::vector<SymbolRange>& ranges) {
  Refinement refinement;
  for (const SymbolRange range : ranges) {
    refinement.split(range);
  }
  renumber(refinement.classes);
  return refinement.classes;
}

ByteClasses make_classes(const Nfa& nfa) {
  // Nearly all edges are single symbols, of which a bit each suffices.
  std::bitset<kSymbolCount> single;
  std::vector<SymbolRange> ranges;
  for (const Nfa::Edge& edge : nfa.all_edges()) {
    if (edge.on.first == edge.on.last) {
      single.set(edge.on.first);
    } else if (std::ranges::find(ranges, edge.on) == ranges.end()) {
      ranges.push_back(edge.on);  // few: of digits, and what a '*' is
    }
  }
  for (Symbol symbol = 0; symbol < kSymbolCount; ++symbol) {
    if (single.test(symbol)) {
      ranges.push_back({symbol, symbol});
    }
  }
  return make_classes(ranges);
}

}  // namespace sg::automaton
