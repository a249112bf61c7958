// SPDX-License-Identifier: Apache-2.0
// minimize_test.cpp - the result decides alike, is the smallest there is, and is the only one.
#include "automaton/minimize.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "support/all_words.h"
#include "support/catch.h"
#include "support/moore.h"
#include "support/random_policy.h"

using namespace sg::automaton;

namespace {

constexpr Budget kPlenty{.states = 100000, .members = 1000000};

std::vector<Symbol> word(const std::string& text) {
  std::vector<Symbol> symbols;
  for (const char byte : text) {
    symbols.push_back(static_cast<unsigned char>(byte));
  }
  return symbols;
}

Dfa make(const Nfa& nfa) {
  std::variant<Dfa, OverBudget> made = determinize(nfa, kPlenty);
  REQUIRE(std::holds_alternative<Dfa>(made));
  return std::get<Dfa>(std::move(made));
}

// The same automaton with its states numbered otherwise, and the dead state still first.
Dfa shuffled(const Dfa& dfa, sg::test::Random& random) {
  std::vector<Dfa::State> old_of(dfa.state_count());
  std::iota(old_of.begin(), old_of.end(), 0u);
  for (std::size_t i = old_of.size() - 1; i > 1; --i) {
    std::swap(old_of[i], old_of[1 + random.below(i)]);
  }
  std::vector<Dfa::State> new_of(dfa.state_count());
  for (Dfa::State state = 0; state < old_of.size(); ++state) {
    new_of[old_of[state]] = state;
  }
  Dfa result;
  result.classes = dfa.classes;
  result.start = new_of[dfa.start];
  for (std::size_t i = 1; i < old_of.size(); ++i) {
    std::vector<Dfa::Edge> row;
    for (const Dfa::Edge& edge : dfa.edges_of(old_of[i])) {
      row.push_back({edge.on, new_of[edge.to]});
    }
    result.add_state(dfa.rule_of[old_of[i]], row);
  }
  return result;
}

}  // namespace

TEST_CASE("Minimize: chance automata decide alike, with as few states as Moore's partition finds") {
  constexpr std::uint64_t kSeed = 4;
  sg::test::Random random(kSeed);
  const std::vector<std::string> words = sg::test::all_words("abce", 4);
  std::size_t smaller = 0;
  for (int round = 0; round < 400; ++round) {
    INFO("seed " << kSeed << ", round " << round);
    const Dfa dfa = make(sg::test::random_nfa(random));
    const Dfa small = minimize(dfa);
    smaller += small.state_count() < dfa.state_count() ? 1 : 0;
    REQUIRE(small.state_count() == sg::test::moore_state_count(dfa));
    for (const std::string& text : words) {
      if (small.run(word(text)) != dfa.run(word(text))) {
        INFO("word " << text);
        REQUIRE(small.run(word(text)) == dfa.run(word(text)));
      }
    }
  }
  CHECK(smaller > 100);
}

TEST_CASE("Minimize: equal for equal verdicts, however the states were numbered") {
  sg::test::Random random(5);
  for (int round = 0; round < 200; ++round) {
    const Dfa dfa = make(sg::test::random_nfa(random));
    const Dfa small = minimize(dfa);
    REQUIRE(minimize(dfa) == small);
    REQUIRE(minimize(small) == small);
    REQUIRE(minimize(shuffled(dfa, random)) == small);
    REQUIRE(minimize(shuffled(small, random)) == small);
  }
}

TEST_CASE("Minimize: an automaton that decides nothing is the dead state alone") {
  Nfa nfa;
  const Nfa::State loop = nfa.add_state(1);
  nfa.add_edge(Nfa::kStart, 'a', loop);
  nfa.add_edge(loop, 'a', loop);
  const Dfa small = minimize(make(nfa));
  CHECK(small.state_count() == 1);
  CHECK(small.start == Dfa::kDead);
  CHECK(small.edges.empty());
  CHECK(minimize(Dfa{}) == Dfa{});
}

TEST_CASE("Minimize: states of different rules stay apart, those of one rule merge") {
  // "a" and "b" end in states of their own; equal rules make them equivalent.
  for (const RuleNumber second : {1u, 2u}) {
    Nfa nfa;
    const Nfa::State a = nfa.add_state(1);
    const Nfa::State b = nfa.add_state(second);
    nfa.add_edge(Nfa::kStart, 'a', a);
    nfa.add_edge(Nfa::kStart, 'b', b);
    nfa.set_final(a);
    nfa.set_final(b);
    const Dfa small = minimize(make(nfa));
    INFO("rule of the second word: " << second);
    CHECK(small.state_count() == 2 + second);
    CHECK(small.run(word("a")) == 1);
    CHECK(small.run(word("b")) == second);
  }
}

TEST_CASE("Minimize: states are numbered breadth first from the start") {
  sg::test::Random random(6);
  for (int round = 0; round < 100; ++round) {
    const Dfa small = minimize(make(sg::test::random_nfa(random)));
    if (small.start == Dfa::kDead) {
      continue;
    }
    Dfa::State highest = small.start;
    REQUIRE(small.start == 1);
    for (Dfa::State state = 1; state < small.state_count(); ++state) {
      for (const Dfa::Edge& edge : small.edges_of(state)) {
        REQUIRE(edge.to != Dfa::kDead);
        REQUIRE(edge.to <= highest + 1);
        highest = std::max(highest, edge.to);
      }
    }
    REQUIRE(highest == small.state_count() - 1);
  }
}
