// SPDX-License-Identifier: Apache-2.0
// compile_policy_test.cpp - minimality, budgets and their findings, and the size of a thousand
// rules.
#include "compile/compile_policy.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compile/build_nfa.h"
#include "compile/decide.h"
#include "compile/limits.h"
#include "support/all_words.h"
#include "support/catch.h"
#include "support/moore.h"
#include "support/random_policy.h"
#include "support/reference_match.h"
#include "table_abi.h"

using namespace sg;
using automaton::Dfa;
using policy::Integer;
using policy::NumericValue;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::TextValue;
using policy::Token;

namespace {

Rule rule(RuleKind kind, std::string pattern) {
  Rule made;
  made.kind = kind;
  made.text = pattern;
  made.pattern = std::move(pattern);
  made.source = "annotation io.sysctl-guard.allow";
  return made;
}

Dfa must_compile(const Policy& policy) {
  Diagnostics findings;
  const std::optional<Dfa> dfa = compile::compile_automaton(policy, findings);
  REQUIRE(dfa.has_value());
  REQUIRE(findings.findings().empty());
  return *dfa;
}

std::vector<std::uint8_t> must_encode(const Policy& policy) {
  Diagnostics findings;
  const std::optional<std::vector<std::uint8_t>> table = compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  REQUIRE(findings.findings().empty());
  return *table;
}

// Rules of the shape net.testI.kJ.*.vI=0..I.
Policy typical_rules(std::size_t count) {
  Policy policy;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    Rule made = rule(RuleKind::kAllow,
                     "net/test" + number + "/k" + std::to_string(i % 7) + "/*/v" + number);
    made.values = {NumericValue{{Token{false, {}, Integer{false, i}}}}};
    policy.rules.push_back(std::move(made));
  }
  return policy;
}

// Whether the words of one write rule for any value begin so, by the reference matcher. 'W' stands
// for the access, '$' for the end of the name.
bool is_accepted(const Rule& made, const std::string& word) {
  if (word.empty() || word[0] != 'W') {
    return false;
  }
  const std::size_t end = word.find('$');
  if (end != std::string::npos) {
    return test::reference_name_matches(made, std::string_view(word).substr(1, end - 1));
  }
  return made.pattern.back() == '*' &&
         test::reference_name_matches(made, std::string_view(word).substr(1));
}

// Myhill and Nerode: prefixes are told apart by what may follow them; as many states as kinds of
// prefix.
std::size_t nerode_classes(const Rule& made, std::size_t length) {
  std::vector<std::string> prefixes = {"", "a"};
  std::vector<std::string> suffixes;
  for (const std::string& name : test::all_words("ab/x", length)) {
    prefixes.push_back("W" + name);
    prefixes.push_back("W" + name + "$");
    suffixes.push_back(name);
    suffixes.push_back(name + "$");
    suffixes.push_back("W" + name + "$");
  }
  std::set<std::vector<bool>> kinds;
  for (const std::string& prefix : prefixes) {
    std::vector<bool> kind;
    for (const std::string& suffix : suffixes) {
      kind.push_back(is_accepted(made, prefix + suffix));
    }
    kinds.insert(std::move(kind));
  }
  return kinds.size();
}

}  // namespace

TEST_CASE("Compile: as many states as Myhill and Nerode count, for every short pattern") {
  for (const std::string& pattern : test::all_patterns(3)) {
    const Rule made = rule(RuleKind::kAllow, pattern);
    INFO(pattern);
    REQUIRE(must_compile(Policy{{made}}).state_count() == nerode_classes(made, 3));
  }
}

TEST_CASE(
    "Compile: chance policies are as small as Moore's partition finds, the same bytes each time") {
  constexpr std::uint64_t kSeed = 12;
  test::Random random(kSeed);
  for (int round = 0; round < 150; ++round) {
    const Policy policy = test::random_policy(random);
    INFO("seed " << kSeed << ", round " << round << "\n" << test::show(policy));
    const Dfa dfa = must_compile(policy);
    REQUIRE(test::moore_state_count(dfa) == dfa.state_count());
    REQUIRE(must_encode(policy) == must_encode(policy));
  }
}

TEST_CASE("Compile: alternatives and rules that say the same need the same states in any order") {
  test::Random random(13);
  for (int round = 0; round < 100; ++round) {
    Rule made = rule(RuleKind::kAllow, "a/*b");
    for (std::size_t i = 0; i < 5; ++i) {
      const std::uint64_t low = random.below(50);
      made.values.push_back(NumericValue{
          {Token{false, Integer{false, low}, Integer{false, low + random.below(30)}}}});
    }
    const Dfa dfa = must_compile(Policy{{made}});
    std::reverse(made.values.begin(), made.values.end());
    made.values.push_back(made.values.front());
    REQUIRE(must_compile(Policy{{made}}) == dfa);
    // A later rule that an earlier one covers leaves no trace.
    REQUIRE(must_compile(Policy{{made, made}}) == dfa);
  }
}

TEST_CASE("Compile: an empty policy is a table that denies everything") {
  const std::vector<std::uint8_t> table = must_encode(Policy{});
  CHECK(compile::decide(table, {true, "a", "1", true}).verdict == policy::Verdict::kDeny);
  CHECK(compile::decide(table, {false, "a", "", true}).verdict == policy::Verdict::kDeny);
}

TEST_CASE("Compile: what each kind of rule does, and which goes first") {
  Rule pair = rule(RuleKind::kPair, "a/b");
  pair.literal = true;
  pair.values = {TextValue{"1", false}};
  const Policy policy{{pair, rule(RuleKind::kDeny, "a/*"), rule(RuleKind::kAllow, "*"),
                       rule(RuleKind::kReadable, "k"), rule(RuleKind::kDenyRead, "k*"),
                       rule(RuleKind::kAllowRead, "*")}};
  const std::vector<std::uint8_t> table = must_encode(policy);
  struct Case {
    const char* why;
    compile::Access access;
    bool allow;
    automaton::RuleNumber rule;
  };
  const Case cases[] = {
      {"a pair is exempt from deny", {true, "a/b", "1", true}, true, 1},
      {"with one newline", {true, "a/b", "1\n", true}, true, 1},
      {"not with two", {true, "a/b", "1\n\n", true}, false, 2},
      {"not with another value", {true, "a/b", "2", true}, false, 2},
      {"not at another position", {true, "a/b", "1", false}, false, 2},
      {"deny goes before allow", {true, "a/c", "1", true}, false, 2},
      {"allow", {true, "b", "1", true}, true, 3},
      {"readable goes before deny-read", {false, "k", "", true}, true, 4},
      {"deny-read", {false, "kk", "", true}, false, 5},
      {"every other read", {false, "a/c", "", true}, true, 6},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const compile::Decision found = compile::decide(table, c.access);
    CHECK((found.verdict == policy::Verdict::kAllow) == c.allow);
    CHECK(found.rule == c.rule);
  }
}

TEST_CASE(
    "Compile: a thousand typical rules need no more than half of the cells and of the budget") {
  const Policy policy = typical_rules(1000);
  const auto made = automaton::determinize(compile::build_nfa(policy), compile::kBudget);
  REQUIRE(std::holds_alternative<Dfa>(made));
  CHECK(std::get<Dfa>(made).state_count() < 25000);
  const std::vector<std::uint8_t> table = must_encode(policy);
  CHECK(table.size() < sizeof(sg_table) + SG_CELLS_MAX / 2 * sizeof(__u32) + 1);
  CHECK(compile::decide(table, {true, "net/test999/k5/x/v999", "999", true}).rule == 1000);
  CHECK(compile::decide(table, {true, "net/test999/k5/x/v999", "1000", true}).verdict ==
        policy::Verdict::kDeny);
  CHECK(compile::decide(table, {true, "net/test999/k5/x/v998", "1", true}).verdict ==
        policy::Verdict::kDeny);
}

TEST_CASE("Compile: patterns that need exponentially many states are a finding that names them") {
  Policy policy = typical_rules(20);
  policy.rules.push_back(rule(RuleKind::kAllow, "x"));
  for (int i = 0; i < 26; ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    policy.rules.push_back(rule(RuleKind::kAllow, "net/*" + letter + "*z" + letter + "*y"));
  }
  Diagnostics findings;
  CHECK_FALSE(compile::compile_policy(policy, findings).has_value());
  REQUIRE(findings.findings().size() == 1);
  const Finding& finding = findings.findings().front();
  CHECK(finding.severity == Severity::kError);
  CHECK(finding.source == "annotation io.sysctl-guard.allow");
  CHECK(finding.text.find("net/*") == 0);
  CHECK(finding.message.find("net/*") != std::string::npos);
  CHECK_FALSE(finding.hint.empty());
  CHECK(findings.has_errors());
}

TEST_CASE("Compile: a table over its limit is a finding too, which names long rules") {
  // Behind a '*' each byte is a state that looks at every letter: within the budget, beyond the
  // cells.
  test::Random random(14);
  Policy policy;
  for (int i = 0; i < 700; ++i) {
    std::string pattern = std::to_string(1000 + i) + "*";
    while (pattern.size() < 25) {
      pattern += static_cast<char>('a' + random.below(26));
    }
    policy.rules.push_back(rule(RuleKind::kAllow, pattern));
  }
  policy.rules[300].text = "a long rule: " + std::string(100, 'x');
  Diagnostics findings;
  REQUIRE(compile::compile_automaton(policy, findings).has_value());
  REQUIRE(findings.findings().empty());
  CHECK_FALSE(compile::compile_policy(policy, findings).has_value());
  REQUIRE(findings.findings().size() == 1);
  const Finding& finding = findings.findings().front();
  CHECK(finding.severity == Severity::kError);
  CHECK(finding.text == policy.rules[300].text);
  CHECK(finding.message.find("a long rule: ") != std::string::npos);
  CHECK_FALSE(finding.hint.empty());
}

TEST_CASE("Compile: one rule more than a table has numbers for is a finding") {
  Policy policy;
  Rule rule;
  rule.kind = RuleKind::kAllow;
  rule.pattern = "a";
  policy.rules.assign(SG_RULES_MAX, rule);
  Diagnostics at_limit;
  CHECK(compile::compile_policy(policy, at_limit));
  policy.rules.push_back(rule);
  Diagnostics findings;
  CHECK_FALSE(compile::compile_policy(policy, findings));
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].message.find(std::to_string(SG_RULES_MAX)) != std::string::npos);
}

TEST_CASE("Compile: hostile policies are refused in little time and memory") {
  // Many alternatives behind a '*' whose sets are known: the work is bounded, not only the states.
  Policy many;
  many.rules.push_back(rule(RuleKind::kAllow, "net/*"));
  many.rules[0].values.assign(60000, TextValue{.text = "1", .prefix = false});
  for (int i = 0; i < 14; ++i) {
    std::string pattern = "net/*";
    pattern += static_cast<char>('a' + i);
    many.rules.push_back(rule(RuleKind::kAllow, pattern + "*." + std::string(60, 'z')));
  }
  // A short text for a large automaton.
  Policy wide;
  wide.rules.push_back(rule(RuleKind::kAllow, "net/a"));
  const Token range{false, Integer{false, 0}, policy::kIntegerMax};
  wide.rules[0].values.assign(60000, NumericValue{{range, range}});
  for (const Policy* hostile : {&many, &wide}) {
    const auto begin = std::chrono::steady_clock::now();
    Diagnostics findings;
    CHECK_FALSE(compile::compile_policy(*hostile, findings).has_value());
    CHECK(findings.findings().size() == 1);
    // A bound for what would run for minutes, not a measurement.
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
  }
}
