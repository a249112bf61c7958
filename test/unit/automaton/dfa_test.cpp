// SPDX-License-Identifier: Apache-2.0
// dfa_test.cpp - subset construction against the simulation of the NFA, and its budgets at the
// limit.
#include "automaton/dfa.h"

#include <string>
#include <vector>

#include "support/all_words.h"
#include "support/catch.h"
#include "support/moore.h"
#include "support/random_policy.h"
#include "support/simulate.h"

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

Dfa must(std::variant<Dfa, OverBudget> made) {
  REQUIRE(std::holds_alternative<Dfa>(made));
  return std::get<Dfa>(std::move(made));
}

// "a" or "b" any number of times, then an "a", then `tail` bytes of a or b: 2^(tail + 1) states.
Nfa exponential(std::size_t tail, RuleNumber rule) {
  Nfa nfa;
  Nfa::State state = nfa.add_state(rule);
  nfa.add_edge(Nfa::kStart, 'w', state);
  nfa.add_edge(state, SymbolRange{'a', 'b'}, state);
  for (std::size_t i = 0; i <= tail; ++i) {
    const Nfa::State next = nfa.add_state(rule);
    nfa.add_edge(state, i == 0 ? SymbolRange{'a', 'a'} : SymbolRange{'a', 'b'}, next);
    state = next;
  }
  nfa.set_final(state);
  return nfa;
}

}  // namespace

TEST_CASE("Dfa: edges that are not written down lead to the dead state") {
  Dfa dfa;
  dfa.classes = make_classes(std::vector<SymbolRange>{{'a', 'a'}, {'b', 'b'}});
  const Class a = dfa.classes.of['a'];
  const Class b = dfa.classes.of['b'];
  const Dfa::Edge to_two[] = {{a, 2}};
  const Dfa::Edge to_both[] = {{a, 1}, {b, 2}};
  CHECK(dfa.add_state(kNoRule, to_two) == 1);
  CHECK(dfa.add_state(5, to_both) == 2);
  dfa.start = 1;
  CHECK(dfa.state_count() == 3);
  CHECK(dfa.edges_of(Dfa::kDead).empty());
  CHECK(dfa.next(1, 'a') == 2);
  CHECK(dfa.next(1, 'b') == Dfa::kDead);
  CHECK(dfa.next(2, 'b') == 2);
  CHECK(dfa.next(2, 'z') == Dfa::kDead);
  CHECK(dfa.next(Dfa::kDead, 'a') == Dfa::kDead);
  CHECK(dfa.run(word("")) == kNoRule);
  CHECK(dfa.run(word("a")) == 5);
  CHECK(dfa.run(word("abb")) == 5);
  CHECK(dfa.run(word("aa")) == kNoRule);
  CHECK(dfa.run(word("aza")) == kNoRule);
}

TEST_CASE("Dfa: a fresh one decides nothing") {
  const Dfa dfa;
  CHECK(dfa.state_count() == 1);
  CHECK(dfa.run(word("")) == kNoRule);
  CHECK(dfa.run(word("a")) == kNoRule);
}

TEST_CASE("Dfa: decides every word as the NFA it was made from") {
  constexpr std::uint64_t kSeed = 2;
  sg::test::Random random(kSeed);
  const std::vector<std::string> words = sg::test::all_words("abcde", 4);
  for (int round = 0; round < 300; ++round) {
    const Nfa nfa = sg::test::random_nfa(random);
    const Dfa dfa = must(determinize(nfa, kPlenty));
    for (const std::string& text : words) {
      if (dfa.run(word(text)) != sg::test::simulate(nfa, word(text))) {
        INFO("seed " << kSeed << ", round " << round << ", word " << text);
        REQUIRE(dfa.run(word(text)) == sg::test::simulate(nfa, word(text)));
      }
    }
  }
}

TEST_CASE("Dfa: equal input gives an equal result, edges sorted by class") {
  sg::test::Random random(3);
  for (int round = 0; round < 50; ++round) {
    const Nfa nfa = sg::test::random_nfa(random);
    const Dfa dfa = must(determinize(nfa, kPlenty));
    CHECK(dfa == must(determinize(nfa, kPlenty)));
    for (Dfa::State state = 0; state < dfa.state_count(); ++state) {
      for (std::size_t i = 1; i < dfa.edges_of(state).size(); ++i) {
        REQUIRE(dfa.edges_of(state)[i - 1].on < dfa.edges_of(state)[i].on);
      }
    }
  }
}

TEST_CASE("Dfa: behind a state that accepts for ever, later rules cost nothing") {
  // Rule 2 alone needs many states; rule 1 accepts all that begins with "w" and is done with it.
  Nfa nfa = exponential(10, 2);
  const std::size_t before = must(determinize(nfa, kPlenty)).state_count();
  const Nfa::State all = nfa.add_state(1);
  nfa.add_edge(Nfa::kStart, 'w', all);
  nfa.set_forever(all);
  CHECK(before > 1000);
  CHECK(must(determinize(nfa, kPlenty)).state_count() == 3);
}

TEST_CASE("Dfa: a rule that accepts for ever does not hide one before it") {
  Nfa nfa = exponential(2, 1);
  const Nfa::State all = nfa.add_state(2);
  nfa.add_edge(Nfa::kStart, 'w', all);
  nfa.set_forever(all);
  const Dfa dfa = must(determinize(nfa, kPlenty));
  CHECK(dfa.run(word("wabb")) == 1);
  CHECK(dfa.run(word("wbbb")) == 2);
  CHECK(dfa.run(word("w?")) == 2);
}

TEST_CASE("Dfa: a budget that just suffices, and one less") {
  const Nfa nfa = exponential(6, 1);
  const std::size_t states = must(determinize(nfa, kPlenty)).state_count();
  SECTION("states") {
    Budget budget = kPlenty;
    budget.states = states;
    CHECK(std::holds_alternative<Dfa>(determinize(nfa, budget)));
    budget.states = states - 1;
    CHECK(std::holds_alternative<OverBudget>(determinize(nfa, budget)));
    budget.states = 0;
    CHECK(std::holds_alternative<OverBudget>(determinize(nfa, budget)));
  }
  SECTION("members") {
    Budget budget = kPlenty;
    std::size_t refused = 0;
    std::size_t enough = kPlenty.members;
    while (enough - refused > 1) {
      budget.members = refused + (enough - refused) / 2;
      const bool made = std::holds_alternative<Dfa>(determinize(nfa, budget));
      (made ? enough : refused) = budget.members;
    }
    // Half of the sets hold half of the 7 states of the tail, and every set the loop.
    CHECK(enough > states);
    CHECK(enough < states * 8);
  }
}

TEST_CASE("Dfa: steps are counted where every set they lead to is known already") {
  // One state, with many edges on one symbol that all lead to itself.
  Nfa nfa;
  const Nfa::State loop = nfa.add_state(1);
  nfa.add_edge(Nfa::kStart, Symbol{'a'}, loop);
  nfa.set_final(loop);
  for (int i = 0; i < 100; ++i) {
    nfa.add_edge(loop, Symbol{'a'}, loop);
  }
  Budget budget = kPlenty;
  budget.steps = 101;
  CHECK(std::holds_alternative<Dfa>(determinize(nfa, budget)));
  budget.steps = 100;
  CHECK(std::holds_alternative<OverBudget>(determinize(nfa, budget)));
}

TEST_CASE("Dfa: over budget, the rules are counted by the states they are in question in") {
  Nfa nfa = exponential(16, 3);
  const Nfa::State cheap = nfa.add_state(1);
  nfa.add_edge(Nfa::kStart, 'z', cheap);
  nfa.set_final(cheap);
  const auto made = determinize(nfa, Budget{.states = 1000, .members = 1000000});
  REQUIRE(std::holds_alternative<OverBudget>(made));
  const OverBudget& over = std::get<OverBudget>(made);
  REQUIRE(over.states_of_rule.size() == 4);
  CHECK(over.states_of_rule[1] == 1);
  CHECK(over.states_of_rule[2] == 0);
  CHECK(over.states_of_rule[3] > 900);
}
