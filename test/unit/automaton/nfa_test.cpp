// SPDX-License-Identifier: Apache-2.0
// nfa_test.cpp - the simulation on automata small enough to check by eye; classes against
// their definition.
#include "automaton/nfa.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "support/catch.h"
#include "support/random_policy.h"
#include "support/simulate.h"

using namespace sg::automaton;

namespace {

std::vector<Symbol> word(std::string_view text) {
  std::vector<Symbol> symbols;
  for (const char byte : text) {
    symbols.push_back(static_cast<unsigned char>(byte));
  }
  return symbols;
}

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

TEST_CASE("Nfa: a fresh one accepts nothing") {
  const Nfa nfa;
  CHECK(nfa.state_count() == 1);
  CHECK(nfa.rule(Nfa::kStart) == kNoRule);
  CHECK(sg::test::simulate(nfa, word("")) == kNoRule);
  CHECK(sg::test::simulate(nfa, word("a")) == kNoRule);
}

TEST_CASE("Nfa: states are numbered in the order in which they are added") {
  Nfa nfa;
  CHECK(nfa.add_state(7) == 1);
  CHECK(nfa.add_state(3) == 2);
  CHECK(nfa.rule(1) == 7);
  CHECK(nfa.rule(2) == 3);
  CHECK_FALSE(nfa.is_final(1));
  CHECK_FALSE(nfa.is_forever(1));
  nfa.set_forever(1);
  CHECK(nfa.is_final(1));
  CHECK(nfa.is_forever(1));
  nfa.set_final(2);
  CHECK(nfa.is_final(2));
  CHECK_FALSE(nfa.is_forever(2));
}

TEST_CASE("Nfa: the lowest rule that accepts is the verdict") {
  // Rule 3: "ab". Rule 2: one byte of b to d, any number of times. Rule 1: all that begins with
  // "ca".
  Nfa nfa;
  const Nfa::State a = nfa.add_state(3);
  const Nfa::State ab = nfa.add_state(3);
  nfa.add_edge(Nfa::kStart, 'a', a);
  nfa.add_edge(a, 'b', ab);
  nfa.set_final(ab);
  const Nfa::State loop = nfa.add_state(2);
  nfa.add_edge(Nfa::kStart, SymbolRange{'b', 'd'}, loop);
  nfa.add_edge(loop, SymbolRange{'b', 'd'}, loop);
  nfa.set_final(loop);
  const Nfa::State c = nfa.add_state(1);
  const Nfa::State ca = nfa.add_state(1);
  nfa.add_edge(Nfa::kStart, 'c', c);
  nfa.add_edge(c, SymbolRange{'a', 'b'}, ca);
  nfa.set_forever(ca);

  struct Case {
    const char* why;
    const char* text;
    RuleNumber rule;
  };
  const Case cases[] = {
      {"the empty word ends in the start", "", kNoRule},
      {"a path is not done half way", "a", kNoRule},
      {"its end is", "ab", 3},
      {"nothing leads on from there", "abb", kNoRule},
      {"the first of a range", "b", 2},
      {"the last of a range", "d", 2},
      {"one past it", "e", kNoRule},
      {"one before it", "`", kNoRule},
      {"a loop", "bcdbcd", 2},
      {"two rules accept, the lower one decides", "cb", 1},
      {"for ever means every continuation", "ca\xff\x01zz", 1},
      {"the higher rule is out and the lower one goes on", "cbz", 1},
      {"a word that fails does not recover", "xab", kNoRule},
  };
  for (const Case& c_ : cases) {
    INFO(c_.why);
    CHECK(sg::test::simulate(nfa, word(c_.text)) == c_.rule);
  }
}

TEST_CASE("Nfa: symbols beyond the bytes are symbols like any other") {
  Nfa nfa;
  const Nfa::State access = nfa.add_state(1);
  const Nfa::State unseen = nfa.add_state(1);
  nfa.add_edge(Nfa::kStart, kWriteUnknown, access);
  nfa.add_edge(access, kUnseen, unseen);
  nfa.set_final(unseen);
  CHECK(sg::test::simulate(nfa, std::vector<Symbol>{kWriteUnknown, kUnseen}) == 1);
  CHECK(sg::test::simulate(nfa, std::vector<Symbol>{kRead, kUnseen}) == kNoRule);
  CHECK(sg::test::simulate(nfa, std::vector<Symbol>{kWriteUnknown, kEnd}) == kNoRule);
}

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
      {"two halves that are one set of symbols with a third range",
       {{0, 127}, {128, kSymbolCount - 1}},
       2},
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
