// SPDX-License-Identifier: Apache-2.0
// nfa.cpp - states of rules, and the refinement of classes.
#include "automaton/nfa.h"

#include <algorithm>
#include <bitset>

namespace sg::automaton {
namespace {

constexpr Class kUnset = 0xffff;

// Splits every class that `range` cuts: members inside move to a new class.
void split(ByteClasses& classes, SymbolRange range) {
  std::array<std::uint16_t, kSymbolCount> inside{};
  std::array<std::uint16_t, kSymbolCount> size{};
  for (Symbol symbol = 0; symbol < kSymbolCount; ++symbol) {
    ++size[classes.of[symbol]];
  }
  for (Symbol symbol = range.first; symbol <= range.last; ++symbol) {
    ++inside[classes.of[symbol]];
  }
  std::array<Class, kSymbolCount> moved_to{};
  moved_to.fill(kUnset);
  for (Symbol symbol = range.first; symbol <= range.last; ++symbol) {
    Class& cls = classes.of[symbol];
    if (inside[cls] == size[cls]) {
      continue;  // all of it is inside
    }
    if (moved_to[cls] == kUnset) {
      moved_to[cls] = classes.count++;
    }
    cls = moved_to[cls];
  }
}

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
  ByteClasses classes;
  for (const SymbolRange range : ranges) {
    split(classes, range);
  }
  renumber(classes);
  return classes;
}

ByteClasses make_classes(const Nfa& nfa) {
  // Nearly all edges are single symbols, of which a bit each suffices.
  std::bitset<kSymbolCount> single;
  std::vector<SymbolRange> ranges;
  for (const Nfa::Edge& edge : nfa.all_edges()) {
    if (edge.on.first == edge.on.last) {
      single.set(edge.on.first);
    } else if (ranges.empty() || ranges.back() != edge.on) {
      ranges.push_back(edge.on);
    }
  }
  std::sort(ranges.begin(), ranges.end());
  ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
  for (Symbol symbol = 0; symbol < kSymbolCount; ++symbol) {
    if (single.test(symbol)) {
      ranges.push_back({symbol, symbol});
    }
  }
  return make_classes(ranges);
}

}  // namespace sg::automaton
