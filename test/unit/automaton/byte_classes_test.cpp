// SPDX-License-Identifier: Apache-2.0
// byte_classes_test.cpp - classes against their definition: symbols in the same ranges, and only
// they, share one.
#include "automaton/byte_classes.h"

#include <algorithm>
#include <map>
#include <vector>

#include "support/catch.h"
#include "support/random_policy.h"

using namespace sg::automaton;

namespace {

// By definition: two symbols share a class if exactly the same ranges contain them.
ByteClasses by_definition(const std::vector<SymbolRange>& ranges) {
  ByteClasses classes;
  std::map<std::vector<bool>, Class> number_of;
  for (Symbol symbol = 0; symbol < kSymbolCount; ++symbol) {
    std::vector<bool> inside;
    for (const SymbolRange range : ranges) {
      inside.push_back(range.first <= symbol && symbol <= range.last);
    }
    classes.of[symbol] =
        number_of.try_emplace(inside, static_cast<Class>(number_of.size())).first->second;
  }
  classes.count = static_cast<Class>(number_of.size());
  return classes;
}

Nfa with_edges(const std::vector<SymbolRange>& ranges) {
  Nfa nfa;
  for (const SymbolRange range : ranges) {
    const Nfa::State state = nfa.add_state(1);
    nfa.add_edge(state - 1, range, state);
  }
  return nfa;
}

}  // namespace

TEST_CASE("Byte classes: what the ranges tell apart, and nothing else") {
  struct Case {
    const char* why;
    std::vector<SymbolRange> ranges;
    Class count;
  };
  const Case cases[] = {
      {"no range: all symbols alike", {}, 1},
      {"one symbol", {{'a', 'a'}}, 2},
      {"the first symbol", {{0, 0}}, 2},
      {"the last symbol", {{kSymbolCount - 1, kSymbolCount - 1}}, 2},
      {"every symbol: nothing is told apart", {{0, kSymbolCount - 1}}, 1},
      {"the same range twice", {{'0', '9'}, {'0', '9'}}, 2},
      {"one range inside another", {{'0', '9'}, {'3', '5'}}, 3},
      {"ranges that overlap", {{'a', 'm'}, {'g', 'z'}}, 4},
      {"ranges side by side", {{'a', 'm'}, {'n', 'z'}}, 3},
      {"two halves that are one set of symbols with a third range", {{0, 127}, {128, 258}}, 2},
      {"name bytes and the separator", {{1, '/' - 1}, {'/' + 1, 255}, {'/', '/'}}, 4},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const ByteClasses classes = make_classes(c.ranges);
    CHECK(classes.count == c.count);
    CHECK(classes == by_definition(c.ranges));
    CHECK(make_classes(with_edges(c.ranges)) == classes);
  }
}

TEST_CASE("Byte classes: each symbol by itself is the most there can be") {
  std::vector<SymbolRange> ranges;
  for (Symbol symbol = 0; symbol < kSymbolCount; ++symbol) {
    ranges.push_back({symbol, symbol});
  }
  const ByteClasses classes = make_classes(ranges);
  CHECK(classes.count == kSymbolCount);
  CHECK(classes.of[0] == 0);
  CHECK(classes.of[kSymbolCount - 1] == kSymbolCount - 1);
}

TEST_CASE("Byte classes: chance ranges, in any order, from a list or from an automaton") {
  constexpr std::uint64_t kSeed = 1;
  sg::test::Random random(kSeed);
  for (int round = 0; round < 300; ++round) {
    std::vector<SymbolRange> ranges;
    for (std::size_t count = random.below(20); count > 0; --count) {
      const auto first = static_cast<Symbol>(random.below(kSymbolCount));
      const std::size_t width = random.one_in(2) ? 1 : kSymbolCount - first;
      ranges.push_back({first, static_cast<Symbol>(first + random.below(width))});
    }
    INFO("seed " << kSeed << ", round " << round);
    const ByteClasses expected = by_definition(ranges);
    const ByteClasses classes = make_classes(ranges);
    const ByteClasses from_nfa = make_classes(with_edges(ranges));
    std::reverse(ranges.begin(), ranges.end());
    const ByteClasses reversed = make_classes(ranges);
    REQUIRE(classes == expected);
    REQUIRE(from_nfa == expected);
    REQUIRE(reversed == expected);
  }
}
