// SPDX-License-Identifier: Apache-2.0
// set_algebra_test.cpp - the laws of sets, for every small automaton, and word by word against both
// sides.
#include "automaton/set_algebra.h"

#include <array>
#include <string>
#include <vector>

#include "automaton/minimize.h"
#include "support/all_words.h"
#include "support/catch.h"
#include "support/moore.h"

using namespace sg;
using automaton::Dfa;
using automaton::RuleNumber;
using automaton::Symbol;

namespace {

constexpr automaton::ProductBudget kEnough{.states = 100000, .edges = 1000000};

Dfa must(std::optional<Dfa> dfa) {
  REQUIRE(dfa.has_value());
  return *std::move(dfa);
}

Dfa both(const Dfa& a, const Dfa& b) { return must(automaton::intersection(a, b, kEnough)); }
Dfa either(const Dfa& a, const Dfa& b) { return must(automaton::unite(a, b, kEnough)); }
Dfa without(const Dfa& a, const Dfa& b) { return must(automaton::difference(a, b, kEnough)); }

// Every word, by rule 1.
Dfa all_words() {
  Dfa dfa;
  dfa.start = 1;
  dfa.add_state(/*rule=*/1, std::vector<Dfa::Edge>{{0, 1}});
  return dfa;
}

Dfa complement(const Dfa& a) { return without(all_words(), a); }

// The same set, all of it by rule 1: two equal sets become equal automata.
Dfa plain(const Dfa& a) {
  const std::vector<RuleNumber> one = {automaton::kNoRule, 1, 1, 1};
  return automaton::minimize(automaton::relabel(a, one));
}

// Equal as sets. Classes may differ in what no word tells apart, so both are put over the same
// ones.
bool same_set(const Dfa& a, const Dfa& b) {
  return automaton::is_empty(without(a, b)) && automaton::is_empty(without(b, a));
}

// Every automaton of two states besides the dead one, over `a` and all other symbols, with the
// rules 0 to 2: where each state goes for each of both, and the rule of each.
std::vector<Dfa> all_automata(automaton::SymbolRange own_class) {
  std::vector<Dfa> result;
  const automaton::ByteClasses classes = automaton::make_classes({own_class});
  for (unsigned shape = 0; shape < 81 * 9; ++shape) {
    Dfa dfa;
    dfa.classes = classes;
    dfa.start = 1;
    const std::array<unsigned, 4> target = {shape % 3, shape / 3 % 3, shape / 9 % 3,
                                            shape / 27 % 3};
    const std::array<RuleNumber, 2> rule = {shape / 81 % 3, shape / 243};
    for (unsigned state = 0; state < 2; ++state) {
      std::vector<Dfa::Edge> row;
      for (automaton::Class on = 0; on < 2; ++on) {
        if (target[2 * state + on] != 0) {
          row.push_back({on, target[2 * state + on]});
        }
      }
      dfa.add_state(rule[state], row);
    }
    result.push_back(std::move(dfa));
  }
  return result;
}

std::vector<std::vector<Symbol>> words() {
  std::vector<std::vector<Symbol>> result;
  for (const std::string& text : test::all_words("abc", 4)) {
    result.emplace_back(text.begin(), text.end());
  }
  return result;
}

}  // namespace

TEST_CASE("Sets: each operation word by word, for every pair of small automata") {
  const std::vector<Dfa> as = all_automata({'a', 'a'});
  const std::vector<Dfa> bs = all_automata({'a', 'b'});
  const std::vector<std::vector<Symbol>> all = words();
  for (std::size_t i = 0; i < as.size(); i += 2) {
    for (std::size_t j = i % 7; j < bs.size(); j += 7) {
      const Dfa& a = as[i];
      const Dfa& b = bs[j];
      const Dfa intersection = both(a, b);
      const Dfa difference = without(a, b);
      const Dfa united = either(a, b);
      for (const std::vector<Symbol>& word : all) {
        const RuleNumber in_a = a.run(word);
        const RuleNumber in_b = b.run(word);
        const bool good = intersection.run(word) == (in_b != 0 ? in_a : 0) &&
                          difference.run(word) == (in_b == 0 ? in_a : 0) &&
                          united.run(word) == (in_a != 0 ? in_a : in_b);
        if (!good) {
          INFO("automata " << i << " and " << j << ", a word of " << word.size());
          REQUIRE(good);
        }
      }
    }
  }
}

TEST_CASE("Sets: what is left of one without itself is nothing, and complement twice is the same") {
  for (const Dfa& a : all_automata({'a', 'a'})) {
    REQUIRE(automaton::is_empty(automaton::minimize(without(a, a))));
    REQUIRE(same_set(complement(complement(a)), a));
    REQUIRE(automaton::is_empty(both(a, complement(a))));
    REQUIRE(same_set(either(a, complement(a)), all_words()));
    REQUIRE(plain(both(a, a)) == plain(a));
    REQUIRE(plain(either(a, a)) == plain(a));
  }
}

TEST_CASE("Sets: de Morgan, and difference by complement") {
  const std::vector<Dfa> as = all_automata({'a', 'a'});
  const std::vector<Dfa> bs = all_automata({'a', 'b'});
  for (std::size_t i = 0; i < as.size(); i += 5) {
    for (std::size_t j = i % 11; j < bs.size(); j += 11) {
      const Dfa& a = as[i];
      const Dfa& b = bs[j];
      INFO("automata " << i << " and " << j);
      REQUIRE(same_set(complement(either(a, b)), both(complement(a), complement(b))));
      REQUIRE(same_set(complement(both(a, b)), either(complement(a), complement(b))));
      REQUIRE(same_set(without(a, b), both(a, complement(b))));
    }
  }
}

TEST_CASE("Sets: by chance, larger ones") {
  constexpr std::uint64_t kSeed = 31;
  test::Random random(kSeed);
  for (int round = 0; round < 300; ++round) {
    INFO("seed " << kSeed << ", round " << round);
    const automaton::Budget budget{.states = 100000, .members = 100000};
    const auto made = [&] {
      return automaton::minimize(
          std::get<Dfa>(automaton::determinize(test::random_nfa(random), budget)));
    };
    const Dfa a = made();
    const Dfa b = made();
    const Dfa c = made();
    REQUIRE(same_set(both(a, either(b, c)), either(both(a, b), both(a, c))));
    REQUIRE(same_set(without(without(a, b), c), without(a, either(b, c))));
    REQUIRE(same_set(complement(complement(a)), a));
  }
}

TEST_CASE("Sets: relabelling renames rules, and no rule takes words out") {
  const Dfa all = all_words();
  const std::vector<Symbol> word = {'x', automaton::kEnd, automaton::kUnseen};
  CHECK(all.run(word) == 1);
  CHECK(all.run({}) == 1);
  CHECK(automaton::relabel(all, std::vector<RuleNumber>{0, 7}).run(word) == 7);
  CHECK(automaton::is_empty(automaton::relabel(all, std::vector<RuleNumber>{0, 0})));
  CHECK_FALSE(automaton::is_empty(all));
}

TEST_CASE("Sets: a product of more states than permitted is none") {
  // Words whose length is a multiple of 3, and of 5: their intersection needs 15 states.
  const auto loop = [](std::uint32_t length) {
    Dfa dfa;
    dfa.start = 1;
    for (std::uint32_t state = 1; state <= length; ++state) {
      dfa.add_state(state == 1 ? 1 : 0, std::vector<Dfa::Edge>{{0, state % length + 1}});
    }
    return dfa;
  };
  CHECK(automaton::intersection(loop(3), loop(5), {.states = 16, .edges = 15}).has_value());
  CHECK_FALSE(automaton::intersection(loop(3), loop(5), {.states = 15, .edges = 15}).has_value());
  CHECK_FALSE(automaton::intersection(loop(3), loop(5), {.states = 16, .edges = 13}).has_value());
}

TEST_CASE("Sets: the beginning of a difference has its shortest words, whatever the budget") {
  const auto automata = all_automata({'a', 'a'});
  std::size_t cut = 0;
  for (std::size_t i = 0; i < automata.size(); i += 7) {
    for (std::size_t j = 0; j < automata.size(); j += 11) {
      const Dfa all = without(automata[i], automata[j]);
      for (std::size_t states = 1; states < 4; ++states) {
        const automaton::Beginning some = automaton::beginning_of_difference(
            automata[i], automata[j], {.states = states, .edges = 100});
        CHECK(automaton::is_empty(without(some.dfa, all)));
        CHECK(some.is_whole ==
              automaton::difference(automata[i], automata[j], {.states = states, .edges = 100})
                  .has_value());
        if (some.is_whole) {
          CHECK(same_set(some.dfa, all));
        } else {
          ++cut;
          CHECK(some.dfa.rule_of[some.dfa.start] == all.rule_of[all.start]);  // the empty word
        }
      }
    }
  }
  CHECK(cut > 1000);
}
