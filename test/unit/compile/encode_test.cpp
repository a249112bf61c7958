// SPDX-License-Identifier: Apache-2.0
// encode_test.cpp - a table decoded again is the automaton it was made from, and the limits of
// tables.
#include "compile/encode.h"

#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "automaton/minimize.h"
#include "compile/build_nfa.h"
#include "compile/decide.h"
#include "support/all_words.h"
#include "support/catch.h"
#include "support/decode_table.h"
#include "support/random_policy.h"
#include "table_abi.h"

using namespace sg;
using automaton::Dfa;
using automaton::RuleNumber;
using automaton::Symbol;
using automaton::SymbolRange;
using policy::Policy;

namespace {

Dfa minimal(const Policy& policy) {
  auto made = automaton::determinize(compile::build_nfa(policy), {100000, 1000000});
  REQUIRE(std::holds_alternative<Dfa>(made));
  return automaton::minimize(std::get<Dfa>(made));
}

std::vector<std::uint8_t> must(std::optional<std::vector<std::uint8_t>> table) {
  REQUIRE(table.has_value());
  return *std::move(table);
}

sg_table head_of(const std::vector<std::uint8_t>& table) {
  sg_table head;
  REQUIRE(table.size() >= sizeof head);
  std::memcpy(&head, table.data(), sizeof head);
  return head;
}

// Rules with even numbers allow.
std::vector<bool> even_rules(std::size_t count) {
  std::vector<bool> allows(count + 1);
  for (std::size_t i = 2; i <= count; i += 2) {
    allows[i] = true;
  }
  return allows;
}

// A write whose name is `length` bytes of 'a' and decided by rule 1: a chain of states.
Dfa chain(std::size_t length) {
  Dfa dfa;
  dfa.classes = automaton::make_classes(
      std::vector<SymbolRange>{{'a', 'a'}, {automaton::kWriteBelow, automaton::kWriteUnknown}});
  dfa.start = 1;
  const Dfa::Edge begin[] = {{dfa.classes.of[automaton::kWriteUnknown], 2}};
  dfa.add_state(automaton::kNoRule, begin);
  for (Dfa::State state = 2; state < length + 2; ++state) {
    const Dfa::Edge on[] = {{dfa.classes.of['a'], state + 1}};
    dfa.add_state(automaton::kNoRule, on);
  }
  dfa.add_state(1, {});
  return dfa;
}

// A write of one byte below `different` is decided by the rule of its number plus one: that many
// classes with a rule, one for all other symbols, and one for all writes.
Dfa many_classes(Symbol different) {
  std::vector<SymbolRange> ranges = {{automaton::kWriteBelow, automaton::kWriteUnknown}};
  for (Symbol byte = 0; byte < different; ++byte) {
    ranges.push_back({byte, byte});
  }
  Dfa dfa;
  dfa.classes = automaton::make_classes(ranges);
  dfa.start = 1;
  const Dfa::Edge begin[] = {{dfa.classes.of[automaton::kWriteUnknown], 2}};
  dfa.add_state(automaton::kNoRule, begin);
  std::vector<Dfa::Edge> row;
  for (Symbol byte = 0; byte < different; ++byte) {
    row.push_back({dfa.classes.of[byte], 3u + byte});
  }
  dfa.add_state(automaton::kNoRule, row);
  for (Symbol byte = 0; byte < different; ++byte) {
    dfa.add_state(byte + 1u, {});
  }
  return dfa;
}

// A number in the automaton is that of the rule.
std::vector<compile::Label> labels_of(const std::vector<bool>& allows) {
  std::vector<compile::Label> labels;
  for (std::size_t i = 0; i < allows.size(); ++i) {
    labels.push_back(
        {allows[i] ? policy::Verdict::kAllow : policy::Verdict::kDeny, static_cast<RuleNumber>(i)});
  }
  return labels;
}

}  // namespace

TEST_CASE("Encode: an automaton that decides nothing is a table that denies at its start") {
  const std::vector<std::uint8_t> table = must(compile::encode(Dfa{}, labels_of({false})));
  const sg_table head = head_of(table);
  CHECK(head.version == SG_TABLE_VERSION);
  CHECK(head.start[SG_ACCESS_READ] == SG_STATE_DEAD);
  CHECK(head.start[SG_ACCESS_WRITE] == SG_STATE_DEAD);
  CHECK(head.sinks >= 1);
  CHECK(test::compare_with(test::decode_table(table), Dfa{}, {false}) == "");
}

TEST_CASE("Encode: chance policies decode to what was encoded") {
  constexpr std::uint64_t kSeed = 8;
  test::Random random(kSeed);
  for (int round = 0; round < 400; ++round) {
    const Policy policy = test::random_policy(random);
    INFO("seed " << kSeed << ", round " << round << "\n" << test::show(policy));
    const Dfa dfa = minimal(policy);
    const std::vector<bool> allows = even_rules(policy.rules.size());
    const std::vector<std::uint8_t> table = must(compile::encode(dfa, labels_of(allows)));
    REQUIRE(test::compare_with(test::decode_table(table), dfa, allows) == "");
    REQUIRE(table == must(compile::encode(dfa, labels_of(allows))));
  }
}

TEST_CASE("Encode: pairs of short patterns decode to what was encoded") {
  const std::vector<std::string> patterns = test::all_patterns(2);
  for (const std::string& first : patterns) {
    for (const std::string& second : patterns) {
      Policy policy;
      policy.rules.resize(2);
      policy.rules[0].pattern = first;
      policy.rules[1].pattern = second;
      const Dfa dfa = minimal(policy);
      const std::vector<bool> allows = {false, false, true};
      const auto table = test::decode_table(must(compile::encode(dfa, labels_of(allows))));
      if (test::compare_with(table, dfa, allows) != "") {
        INFO(first << " and " << second);
        REQUIRE(test::compare_with(table, dfa, allows) == "");
      }
    }
  }
}

TEST_CASE("Encode: cells are a power of two, and what is in no row is zero") {
  test::Random random(9);
  for (int round = 0; round < 50; ++round) {
    const Policy policy = test::random_policy(random);
    const auto table =
        must(compile::encode(minimal(policy), labels_of(even_rules(policy.rules.size()))));
    const sg_table head = head_of(table);
    REQUIRE(std::has_single_bit(head.cell_count));
    REQUIRE(table.size() == sizeof(sg_table) + head.cell_count * sizeof(__u32));
    REQUIRE(head.cell_count <= SG_CELLS_MAX);
  }
}

TEST_CASE("Encode: a state that nothing leads out of ends the walk") {
  Policy policy;
  policy.rules.resize(3);
  policy.rules[0].pattern = "a*";
  policy.rules[1].pattern = "b";
  policy.rules[2].pattern = "*";
  policy.rules[2].kind = policy::RuleKind::kAllowRead;
  const Dfa dfa = minimal(policy);
  const auto table = test::decode_table(must(compile::encode(dfa, labels_of(even_rules(3)))));
  REQUIRE(table.error == "");
  CHECK(table.states.at(table.start[SG_ACCESS_READ]).sink);
  CHECK(table.states.at(table.start[SG_ACCESS_READ]).rule == 3);
  CHECK_FALSE(table.states.at(table.start[SG_ACCESS_WRITE]).sink);
  std::size_t sinks = 0;
  for (const auto& [number, state] : table.states) {
    sinks += state.sink ? 1 : 0;
    CHECK(state.sink == (number < 4));
  }
  CHECK(sinks == 4);  // dead, and one for each rule
}

TEST_CASE("Encode: rules keep their numbers up to the largest, and allow as told") {
  Dfa dfa = chain(1);
  constexpr RuleNumber kLast = SG_RULES_MAX - 1;
  dfa.rule_of.back() = kLast;
  for (const bool allow : {false, true}) {
    std::vector<bool> allows(SG_RULES_MAX);
    allows[kLast] = allow;
    const auto table = test::decode_table(must(compile::encode(dfa, labels_of(allows))));
    CHECK(test::compare_with(table, dfa, allows) == "");
  }
}

TEST_CASE("Encode: as many classes as a cell can name, and one more") {
  // Classes: one for each byte that differs, one for the other symbols, one for all writes.
  const Dfa most = many_classes(SG_CLASSES_MAX - 2);
  REQUIRE(most.classes.count == SG_CLASSES_MAX);
  std::vector<bool> allows(most.state_count());
  allows[1] = true;
  const auto table = compile::encode(most, labels_of(allows));
  CHECK(test::compare_with(test::decode_table(must(table)), most, allows) == "");
  const Dfa one_more = many_classes(SG_CLASSES_MAX - 1);
  REQUIRE(one_more.classes.count == SG_CLASSES_MAX + 1);
  allows.resize(one_more.state_count());
  CHECK_FALSE(compile::encode(one_more, labels_of(allows)).has_value());
}

TEST_CASE("Encode: as many cells as a table may have, and more") {
  // Two cells for each state of the chain, and a few at the end; the start state has no row.
  const Dfa most = chain(SG_CELLS_MAX / 2 - 8);
  const auto table = must(compile::encode(most, labels_of({false, true})));
  CHECK(head_of(table).cell_count == SG_CELLS_MAX);
  CHECK(test::compare_with(test::decode_table(table), most, {false, true}) == "");
  CHECK_FALSE(compile::encode(chain(SG_CELLS_MAX), labels_of({false, true})).has_value());
}

TEST_CASE(
    "Encode: several numbers of the automaton can stand for one rule, with different verdicts") {
  // Every write, whatever follows.
  Dfa dfa;
  dfa.classes =
      automaton::make_classes({SymbolRange{automaton::kWriteBelow, automaton::kWriteUnknown}});
  dfa.start = 1;
  dfa.add_state(automaton::kNoRule,
                std::vector<Dfa::Edge>{{dfa.classes.of[automaton::kWriteUnknown], 2}});
  dfa.add_state(automaton::kNoRule, std::vector<Dfa::Edge>{{0, 2}, {1, 2}});
  const std::vector<compile::Label> labels = {{},
                                              {policy::Verdict::kDeny, 7},
                                              {policy::Verdict::kAllow, 7},
                                              {policy::Verdict::kWouldDeny, 7}};
  for (const RuleNumber number : {1u, 2u, 3u}) {
    dfa.rule_of.back() = number;
    const std::vector<std::uint8_t> table = must(compile::encode(dfa, labels));
    const compile::Decision found = compile::decide(table, {true, "a", "1", true});
    INFO("number " << number);
    CHECK(found.rule == 7);
    CHECK(static_cast<int>(found.verdict) == static_cast<int>(labels[number].verdict));
  }
}
