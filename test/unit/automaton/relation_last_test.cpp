// SPDX-License-Identifier: Apache-2.0
// relation_last_test.cpp - chance automata, walked with the relation in front and behind.
#include "automaton/relation_last.h"

#include <vector>

#include "automaton/minimize.h"
#include "support/catch.h"
#include "support/random_policy.h"

using namespace sg::automaton;

namespace {

constexpr std::size_t kMany = 100000;

// States with edges by chance over two bytes and kUnseen, reached by each write by another one.
Dfa random_dfa(sg::test::Random& random, bool has_conditions) {
  Dfa dfa;
  std::vector<SymbolRange> ranges = {{'a', 'a'}, {'b', 'b'}, {kUnseen, kUnseen}, {kRead, kRead}};
  for (const Symbol write : kWrites) {
    ranges.push_back({write, write});
  }
  dfa.classes = make_classes(ranges);
  const std::size_t states = 2 + random.below(6);
  const auto any = [&] { return static_cast<Dfa::State>(random.below(states + 1)); };
  for (std::size_t state = 1; state <= states; ++state) {
    std::vector<Dfa::Edge> row;
    for (const Symbol on : {Symbol{'a'}, Symbol{'b'}, kUnseen}) {
      if (const Dfa::State to = any(); to != Dfa::kDead) {
        row.push_back({dfa.classes.of[on], to});
      }
    }
    (void)dfa.add_state(static_cast<RuleNumber>(random.below(3)), row);
  }
  std::vector<Dfa::Edge> begin;
  if (const Dfa::State reads = any(); reads != Dfa::kDead) {
    begin.push_back({dfa.classes.of[kRead], reads});
  }
  Dfa::State to = any();
  for (const Symbol write : kWrites) {
    to = has_conditions ? any() : to;
    if (to != Dfa::kDead) {
      begin.push_back({dfa.classes.of[write], to});
    }
  }
  dfa.start = dfa.add_state(kNoRule, begin);
  return minimize(dfa);
}

// The rule for a write in the result: by the state, or by one step more.
RuleNumber run_last(const Dfa& dfa, Symbol write, std::vector<Symbol> word) {
  word.insert(word.begin(), kWriteUnknown);
  Dfa::State state = dfa.start;
  for (const Symbol symbol : word) {
    state = dfa.next(state, symbol);
  }
  const Dfa::State behind = dfa.next(state, write);
  return dfa.rule_of[state] != kNoRule ? dfa.rule_of[state] : dfa.rule_of[behind];
}

std::vector<std::vector<Symbol>> short_words() {
  std::vector<std::vector<Symbol>> words = {{}};
  for (std::size_t i = 0; words[i].size() < 5; ++i) {
    for (const Symbol symbol : {Symbol{'a'}, Symbol{'b'}, kUnseen}) {
      words.push_back(words[i]);
      words.back().push_back(symbol);
    }
  }
  return words;
}

}  // namespace

TEST_CASE("Relation last: the same rule for every write of every short word") {
  sg::test::Random random(61);
  const auto words = short_words();
  std::size_t with_conditions = 0;
  for (int round = 0; round < 300; ++round) {
    INFO("round " << round);
    const Dfa dfa = random_dfa(random, /*has_conditions=*/true);
    const auto last = relation_last(dfa, kMany);
    REQUIRE(last);
    with_conditions += last->has_conditions ? 1 : 0;
    bool is_same = true;
    for (std::vector<Symbol> word : words) {
      for (const Symbol write : kWrites) {
        const RuleNumber found = last->has_conditions ? run_last(last->dfa, write, word) : kNoRule;
        std::vector<Symbol> first = word;
        first.insert(first.begin(), write);
        is_same = is_same && (!last->has_conditions || found == dfa.run(first));
      }
      word.insert(word.begin(), kRead);
      is_same = is_same && last->dfa.run(word) == dfa.run(word);
    }
    REQUIRE(is_same);
  }
  CHECK(with_conditions > 200);
}

TEST_CASE("Relation last: without conditions the automaton stays as it is") {
  sg::test::Random random(62);
  for (int round = 0; round < 50; ++round) {
    const Dfa dfa = random_dfa(random, /*has_conditions=*/false);
    const auto last = relation_last(dfa, kMany);
    REQUIRE(last);
    CHECK_FALSE(last->has_conditions);
    CHECK(last->dfa == dfa);
  }
}

TEST_CASE("Relation last: nothing where there are too many states") {
  sg::test::Random random(61);
  std::size_t refused = 0;
  for (int round = 0; round < 50; ++round) {
    const Dfa dfa = random_dfa(random, /*has_conditions=*/true);
    const auto last = relation_last(dfa, kMany);
    refused += last && last->has_conditions && !relation_last(dfa, 1) ? 1 : 0;
  }
  CHECK(refused > 20);
}
