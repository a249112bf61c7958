// SPDX-License-Identifier: Apache-2.0
// nfa_test.cpp - the simulation on automata small enough to check by eye.
#include "automaton/nfa.h"

#include <string_view>
#include <vector>

#include "support/catch.h"

using namespace sg::automaton;

namespace {

std::vector<Symbol> word(std::string_view text) {
  std::vector<Symbol> symbols;
  for (const char byte : text) {
    symbols.push_back(static_cast<unsigned char>(byte));
  }
  return symbols;
}

}  // namespace

TEST_CASE("Nfa: a fresh one accepts nothing") {
  const Nfa nfa;
  CHECK(nfa.state_count() == 1);
  CHECK(nfa.rule(Nfa::kStart) == kNoRule);
  CHECK(nfa.simulate(word("")) == kNoRule);
  CHECK(nfa.simulate(word("a")) == kNoRule);
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
    CHECK(nfa.simulate(word(c_.text)) == c_.rule);
  }
}

TEST_CASE("Nfa: symbols beyond the bytes are symbols like any other") {
  Nfa nfa;
  const Nfa::State access = nfa.add_state(1);
  const Nfa::State unseen = nfa.add_state(1);
  nfa.add_edge(Nfa::kStart, kWrite, access);
  nfa.add_edge(access, kUnseen, unseen);
  nfa.set_final(unseen);
  CHECK(nfa.simulate(std::vector<Symbol>{kWrite, kUnseen}) == 1);
  CHECK(nfa.simulate(std::vector<Symbol>{kRead, kUnseen}) == kNoRule);
  CHECK(nfa.simulate(std::vector<Symbol>{kWrite, kEnd}) == kNoRule);
}
