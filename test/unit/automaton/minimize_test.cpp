// SPDX-License-Identifier: Apache-2.0
// minimize_test.cpp - the result decides alike, is the smallest there is, and is the only one; a loop
// of several states is told.
#include "automaton/minimize.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
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

struct State {
  RuleNumber rule = kNoRule;
  std::vector<Dfa::Edge> edges;
};

// State 1 is the start; state 0 is the dead one.
Dfa make(Class class_count, const std::vector<State>& states) {
  Dfa dfa;
  dfa.classes.count = class_count;
  for (const State& state : states) {
    dfa.add_state(state.rule, state.edges);
  }
  dfa.start = 1;
  return dfa;
}

// Edges lead to the state itself or to a later one.
Dfa random_forward(sg::test::Random& random) {
  constexpr Class kClasses = 3;
  const auto count = static_cast<Dfa::State>(2 + random.below(9));
  std::vector<State> states(count);
  for (Dfa::State state = 1; state <= count; ++state) {
    states[state - 1].rule = static_cast<RuleNumber>(random.below(3));
    for (Class on = 0; on < kClasses; ++on) {
      if (random.below(4) != 0) {
        const auto to = static_cast<Dfa::State>(state + random.below(count - state + 1));
        states[state - 1].edges.push_back({on, to});
      }
    }
  }
  return make(kClasses, states);
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

TEST_CASE("Merge states: as many classes as Moore's partition finds, on chance automata") {
  constexpr std::uint64_t kSeed = 11;
  sg::test::Random random(kSeed);
  std::size_t merged = 0;
  for (int round = 0; round < 5000; ++round) {
    INFO("seed " << kSeed << ", round " << round);
    const Dfa dfa = random_forward(random);
    const std::optional<std::vector<std::uint32_t>> class_of = merge_states(dfa);
    REQUIRE(class_of);
    REQUIRE(class_of->size() == dfa.state_count());
    CHECK((*class_of)[Dfa::kDead] == 0);
    std::set<std::uint32_t> used(class_of->begin(), class_of->end());
    REQUIRE(used.size() == sg::test::moore_state_count(dfa));
    merged += used.size() < dfa.state_count() ? 1 : 0;
  }
  CHECK(merged > 1000);
}

TEST_CASE("Merge states: a loop of two states is left to others, a loop of one is not") {
  CHECK(merge_states(make(1, {{1, {{0, 1}}}})));
  CHECK_FALSE(merge_states(make(1, {{1, {{0, 2}}}, {2, {{0, 1}}}})));
  // Not where the start cannot reach it.
  CHECK(merge_states(make(1, {{1, {}}, {1, {{0, 3}}}, {2, {{0, 2}}}})));
}

TEST_CASE("Merge states: an unrolled loop is its loop, whichever input enters it") {
  struct Case {
    const char* why;
    std::vector<State> states;
    bool merges;  // states 1 and 2
  };
  const Case cases[] = {
      {"no loop of its own", {{1, {{0, 2}, {1, 2}}}, {1, {{0, 2}, {1, 2}}}}, true},
      {"a loop for one input, an edge for the other",
       {{1, {{0, 1}, {1, 2}}}, {1, {{0, 2}, {1, 2}}}},
       true},
      {"another rule", {{2, {{0, 2}, {1, 2}}}, {1, {{0, 2}, {1, 2}}}}, false},
      {"one input less", {{1, {{0, 2}}}, {1, {{0, 2}, {1, 2}}}}, false},
      {"one input more", {{1, {{0, 2}, {1, 2}}}, {1, {{0, 2}}}}, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::optional<std::vector<std::uint32_t>> class_of = merge_states(make(2, c.states));
    REQUIRE(class_of);
    CHECK(((*class_of)[1] == (*class_of)[2]) == c.merges);
  }
}

TEST_CASE("Merge states: what reaches no rule is dead, a loop included") {
  const auto class_of =
      merge_states(make(1, {{1, {{0, 2}}}, {kNoRule, {{0, 3}}}, {kNoRule, {{0, 3}}}}));
  REQUIRE(class_of);
  CHECK(*class_of == std::vector<std::uint32_t>{0, (*class_of)[1], 0, 0});
  CHECK((*class_of)[1] != 0);
}
