// SPDX-License-Identifier: Apache-2.0
// build_nfa_test.cpp - what a rule's path accepts, against the reference matcher: every pattern and
// every name up to a length, every range over small bounds and every short value.
#include "compile/build_nfa.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/all_words.h"
#include "support/catch.h"
#include "support/random_policy.h"
#include "support/reference_match.h"
#include "support/simulate.h"

using namespace sg;
using automaton::Nfa;
using compile::Access;
using policy::Integer;
using policy::NumericValue;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::TextValue;
using policy::Token;
using policy::Value;

namespace {

// The guard reads no longer name.
constexpr std::size_t kLongestName = 127;

Rule allow(std::string pattern, std::vector<Value> values = {}) {
  Rule rule;
  rule.kind = RuleKind::kAllow;
  rule.pattern = std::move(pattern);
  rule.values = std::move(values);
  return rule;
}

Integer integer(int number) {
  return {number < 0, static_cast<std::uint64_t>(number < 0 ? -number : number)};
}

Token range(int low, int high) { return {false, integer(low), integer(high)}; }
Token any_token() { return {true, {}, {}}; }

// Compares both engines on one access; counts, since a CHECK for each of them would take minutes.
class Comparison {
 public:
  explicit Comparison(Policy policy)
      : policy_(std::move(policy)), nfa_(compile::build_nfa(policy_)) {}

  void on(const Access& access) {
    const compile::Decision expected = test::reference_decide(policy_, access);
    const automaton::RuleNumber rule = sg::test::simulate(nfa_, test::to_word(access));
    matched_ += expected.rule != automaton::kNoRule ? 1 : 0;
    if (rule != expected.rule) {
      INFO(test::show(policy_) << (access.write ? "write '" : "read '") << access.name << "' = '"
                               << access.value << "'");
      CHECK(rule == expected.rule);
    }
  }

  [[nodiscard]] std::size_t matched() const { return matched_; }

 private:
  Policy policy_;
  Nfa nfa_;
  std::size_t matched_ = 0;
};

}  // namespace

TEST_CASE("Build NFA: every pattern of up to 4 bytes against every name of up to 5") {
  const std::vector<std::string> names = test::all_words("ab/", 5);
  std::size_t matched = 0;
  for (const std::string& pattern : test::all_patterns(4)) {
    Comparison comparison(Policy{{allow(pattern)}});
    for (const std::string& name : names) {
      comparison.on({true, name, "1", true});
    }
    matched += comparison.matched();
  }
  CHECK(matched > 3000);
}

TEST_CASE("Build NFA: a literal name, whatever bytes are in it") {
  for (const char* name : {"a*", "*", "a/*/b", "a.b", "\xff\x01"}) {
    Rule rule = allow(name);
    rule.literal = true;
    rule.kind = RuleKind::kPair;
    Comparison comparison(Policy{{rule}});
    comparison.on({true, name, "1", true});
    CHECK(comparison.matched() == 1);
    for (const char* other : {"a", "ab", "", "a/x/b", "a/*/bb", "a..b"}) {
      comparison.on({true, other, "1", true});
    }
    CHECK(comparison.matched() == 1);
  }
}

TEST_CASE("Build NFA: every range with bounds up to 12 against every value of up to 3 bytes") {
  const std::vector<std::string> values = test::all_words("0129- \n", 3);
  std::size_t matched = 0;
  for (int low = -12; low <= 12; ++low) {
    for (int high = low; high <= 12; ++high) {
      Comparison comparison(Policy{{allow("a", {NumericValue{{range(low, high)}}})}});
      for (const std::string& value : values) {
        comparison.on({true, "a", value, true});
      }
      matched += comparison.matched();
    }
  }
  CHECK(matched > 8000);
}

TEST_CASE("Build NFA: ranges of several digits against every number around their bounds") {
  const std::vector<std::pair<int, int>> ranges = {
      {0, 0},      {0, 9},     {9, 10},     {10, 99},     {95, 105},   {99, 1000},  {100, 100},
      {123, 456},  {123, 129}, {123, 1234}, {1009, 1090}, {-105, -95}, {-1000, -9}, {-100, 100},
      {-1, 12345}, {0, 12345}, {-12, 0},    {1000, 9999}, {999, 1001}};
  for (const auto& [low, high] : ranges) {
    Comparison comparison(Policy{{allow("a", {NumericValue{{range(low, high)}}})}});
    for (int number = -1200; number <= 13000; ++number) {
      comparison.on({true, "a", std::to_string(number), true});
    }
    const int low_seen = std::max(low, -1200);
    CHECK(comparison.matched() == static_cast<std::size_t>(std::min(high, 13000) - low_seen + 1));
  }
}

TEST_CASE("Build NFA: the ends of what an integer can be") {
  const Token all{false, policy::kIntegerMin, policy::kIntegerMax};
  struct Case {
    const char* why;
    Token token;
    const char* value;
    bool matches;
  };
  const Case cases[] = {
      {"the smallest", all, "-9223372036854775808", true},
      {"one below it", all, "-9223372036854775809", false},
      {"the largest", all, "18446744073709551615", true},
      {"one above it", all, "18446744073709551616", false},
      {"one digit more", all, "100000000000000000000", false},
      {"zero", all, "0", true},
      {"zero is never negative", all, "-0", false},
      {"a zero in front", all, "00", false},
      {"a zero in front of a number", all, "01", false},
      {"hexadecimal", all, "0x1", false},
      {"a sign", all, "+1", false},
      {"an empty number", all, "-", false},
      {"the largest alone",
       {false, policy::kIntegerMax, policy::kIntegerMax},
       "18446744073709551615",
       true},
      {"just below it",
       {false, policy::kIntegerMax, policy::kIntegerMax},
       "18446744073709551614",
       false},
      {"the smallest alone",
       {false, policy::kIntegerMin, policy::kIntegerMin},
       "-9223372036854775808",
       true},
      {"just above it",
       {false, policy::kIntegerMin, policy::kIntegerMin},
       "-9223372036854775807",
       false},
      {"a range that ends at -1", {false, policy::kIntegerMin, integer(-1)}, "0", false},
      {"its end", {false, policy::kIntegerMin, integer(-1)}, "-1", true},
  };
  for (const Case& c : cases) {
    INFO(c.why << ": " << c.value);
    Comparison comparison(Policy{{allow("a", {NumericValue{{c.token}}})}});
    comparison.on({true, "a", c.value, true});
    CHECK(comparison.matched() == (c.matches ? 1 : 0));
  }
}

TEST_CASE("Build NFA: vectors, their blanks and newlines, exhaustively over short values") {
  const std::vector<std::vector<Token>> vectors = {
      {range(0, 1), range(1, 2)},
      {any_token(), range(1, 1)},
      {range(-1, 0), any_token()},
      {range(0, 2), any_token(), range(1, 2)},
  };
  const std::vector<std::string> values = test::all_words("01-\t \n", 5);
  for (const std::vector<Token>& tokens : vectors) {
    Comparison comparison(Policy{{allow("a", {NumericValue{tokens}})}});
    for (const std::string& value : values) {
      comparison.on({true, "a", value, true});
    }
    CHECK(comparison.matched() > 0);
  }
}

TEST_CASE("Build NFA: texts and prefixes, exhaustively over short values") {
  const std::vector<TextValue> texts = {{"", false},   {"", true},   {"a", false},  {"a", true},
                                        {"a a", true}, {" ", false}, {"a\n", false}};
  const std::vector<std::string> values = test::all_words(std::string_view("a \n\x7f\x00", 5), 4);
  for (const TextValue& text : texts) {
    Comparison comparison(Policy{{allow("a", {text})}});
    for (const std::string& value : values) {
      comparison.on({true, "a", value, true});
    }
    CHECK(comparison.matched() > 0);
  }
}

TEST_CASE("Build NFA: a value that cannot be seen is for rules of any value alone") {
  Policy policy{{allow("a", {TextValue{"", true}, NumericValue{{any_token(), range(0, 1)}}}),
                 allow("b"), allow("c*", {TextValue{"x", false}}), allow("d*")}};
  Comparison comparison(policy);
  for (const char* name : {"a", "b", "c", "cc", "d", "dd", "e"}) {
    comparison.on({true, name, "", true});
    comparison.on({true, name, "x", false});
    comparison.on({true, name, std::string(255, 'x'), true});
    comparison.on({true, name, std::string(256, 'x'), true});
  }
  // b, d and dd four times; a by its prefix of 255 bytes.
  CHECK(comparison.matched() == 13);
}

TEST_CASE("Build NFA: reads and writes have rules of their own") {
  for (const RuleKind kind : {RuleKind::kPair, RuleKind::kDeny, RuleKind::kAllow,
                              RuleKind::kReadable, RuleKind::kDenyRead, RuleKind::kAllowRead}) {
    Rule rule = allow("a");
    rule.kind = kind;
    const bool reads =
        kind != RuleKind::kPair && kind != RuleKind::kDeny && kind != RuleKind::kAllow;
    const Nfa nfa = compile::build_nfa(Policy{{rule}});
    CHECK(sg::test::simulate(nfa, test::to_word({true, "a", "1", true})) == (reads ? 0u : 1u));
    CHECK(sg::test::simulate(nfa, test::to_word({false, "a", "", true})) == (reads ? 1u : 0u));
  }
}

TEST_CASE("Build NFA: chance policies") {
  constexpr std::uint64_t kSeed = 7;
  test::Random random(kSeed);
  std::size_t matched = 0;
  for (int round = 0; round < 400; ++round) {
    INFO("seed " << kSeed << ", round " << round);
    const Policy policy = test::random_policy(random);
    Comparison comparison(policy);
    for (int i = 0; i < 50; ++i) {
      test::OwnedAccess access = test::random_access(random, policy);
      if (access.name.size() <= kLongestName) {
        comparison.on(access.view());
      }
    }
    matched += comparison.matched();
  }
  CHECK(matched > 5000);
}
