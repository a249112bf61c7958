// SPDX-License-Identifier: Apache-2.0
// decide_test.cpp - verdicts of tables against the reference matcher, without a gap on short words
// and by chance on long ones, and tables that no encoder wrote.
#include "compile/decide.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "compile/compile_policy.h"
#include "support/all_words.h"
#include "support/catch.h"
#include "support/random_policy.h"
#include "support/reference_match.h"
#include "table_abi.h"

using namespace sg;
using compile::Access;
using compile::Decision;
using policy::Integer;
using policy::NumericValue;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::TextValue;
using policy::Token;
using policy::Value;
using policy::Verdict;

namespace {

Rule rule(RuleKind kind, std::string pattern, std::vector<Value> values = {}) {
  Rule made;
  made.kind = kind;
  made.pattern = std::move(pattern);
  made.values = std::move(values);
  return made;
}

Token range(int low, int high) {
  const auto integer = [](int number) {
    return Integer{number < 0, static_cast<std::uint64_t>(number < 0 ? -number : number)};
  };
  return {false, integer(low), integer(high)};
}

std::optional<std::string> shown_current(const Access& access) {
  return access.current ? std::optional(std::string(*access.current)) : std::nullopt;
}

// Compares table and reference; counts, since a CHECK for each access would take minutes.
class Comparison {
 public:
  explicit Comparison(Policy policy) : policy_(std::move(policy)) {
    Diagnostics findings;
    const auto table = compile::compile_policy(policy_, findings);
    REQUIRE(table.has_value());
    table_ = *table;
  }

  void on(const Access& access) {
    const Decision expected = test::reference_decide(policy_, access);
    const Decision found = compile::decide(table_, access);
    allowed_ += expected.verdict == policy::Verdict::kAllow ? 1 : 0;
    if (found.rule != expected.rule || found.verdict != expected.verdict) {
      INFO(test::show(policy_) << test::show({access.write, std::string(access.name),
                                              std::string(access.value), access.at_position_zero,
                                              shown_current(access)}));
      CHECK(found.rule == expected.rule);
      CHECK(found.verdict == expected.verdict);
    }
  }

  [[nodiscard]] std::size_t allowed() const { return allowed_; }

 private:
  Policy policy_;
  std::vector<std::uint8_t> table_;
  std::size_t allowed_ = 0;
};

}  // namespace

TEST_CASE("Decide: every pattern of up to 5 bytes on every name of up to 5") {
  const std::vector<std::string> names = test::all_words("ab/", 5);
  std::size_t allowed = 0;
  for (const std::string& pattern : test::all_patterns(5)) {
    Comparison comparison(Policy{{rule(RuleKind::kAllow, pattern)}});
    for (const std::string& name : names) {
      comparison.on({true, name, "1", true});
    }
    allowed += comparison.allowed();
  }
  CHECK(allowed > 10000);
}

TEST_CASE("Decide: every pair of patterns of up to 2 bytes, the first of which denies") {
  const std::vector<std::string> names = test::all_words("ab/", 4);
  const std::vector<std::string> patterns = test::all_patterns(2);
  for (const std::string& deny : patterns) {
    for (const std::string& allow : patterns) {
      Comparison comparison(
          Policy{{rule(RuleKind::kDeny, deny), rule(RuleKind::kAllow, allow),
                  rule(RuleKind::kDenyRead, allow), rule(RuleKind::kAllowRead, "*")}});
      for (const std::string& name : names) {
        comparison.on({true, name, "1", true});
        comparison.on({false, name, "", true});
      }
    }
  }
}

TEST_CASE("Decide: every range with bounds up to 12 on every value of up to 4 bytes") {
  const std::vector<std::string> values = test::all_words("0129- \n", 4);
  std::size_t allowed = 0;
  for (int low = -12; low <= 12; ++low) {
    for (int high = low; high <= 12; ++high) {
      Comparison comparison(
          Policy{{rule(RuleKind::kAllow, "a", {NumericValue{{range(low, high)}}})}});
      for (const std::string& value : values) {
        comparison.on({true, "a", value, true});
      }
      allowed += comparison.allowed();
    }
  }
  CHECK(allowed > 15000);
}

TEST_CASE("Decide: every short value beside every short current value") {
  const std::vector<std::string> values = test::all_words("019- \n", 3);
  std::size_t allowed = 0;
  for (const policy::Current wanted : {policy::Current::kSame, policy::Current::kSameOrAbove}) {
    NumericValue value{{range(-10, 9)}};
    value.current = wanted;
    // Beside one that is for any current value, and one that a deny keeps from all.
    const Policy policy{{rule(RuleKind::kDeny, "b"),
                         rule(RuleKind::kAllow, "*", {NumericValue{{range(1, 1)}}, value})}};
    Comparison comparison(policy);
    for (const std::string& written : values) {
      for (const std::string& current : values) {
        comparison.on({true, "a", written, true, current});
        comparison.on({true, "b", written, true, current});
      }
      comparison.on({true, "a", written, true});
      comparison.on({true, "a", written, false, written});
    }
    allowed += comparison.allowed();
  }
  CHECK(allowed > 1000);
}

TEST_CASE("Decide: chance policies") {
  constexpr std::uint64_t kSeed = 10;
  test::Random random(kSeed);
  std::size_t allowed = 0;
  for (int round = 0; round < 2000; ++round) {
    const Policy policy = test::random_policy(random);
    INFO("seed " << kSeed << ", round " << round);
    Comparison comparison(policy);
    for (int i = 0; i < 50; ++i) {
      const test::OwnedAccess access = test::random_access(random, policy);
      comparison.on(access.view());
    }
    allowed += comparison.allowed();
  }
  CHECK(allowed > 20000);
}

TEST_CASE("Decide: names and values at the ends of the guard's buffers") {
  const std::string longest(SG_NAME_SIZE - 1, 'a');
  const std::string value(SG_VALUE_SIZE - 1, 'v');
  const Policy policy{{rule(RuleKind::kAllow, "a*", {TextValue{"v", true}}),
                       rule(RuleKind::kAllow, longest), rule(RuleKind::kAllow, "b*"),
                       rule(RuleKind::kDenyRead, "x"), rule(RuleKind::kAllowRead, "*")}};
  Comparison comparison(policy);
  struct Case {
    const char* why;
    test::OwnedAccess access;
    Decision decision;
  };
  const Case cases[] = {
      {"the longest name", {true, longest, "1", true}, {Verdict::kAllow, 2}},
      {"one byte more", {true, longest + "a", "1", true}, {Verdict::kDeny, 0}},
      {"a long name whose beginning would be allowed",
       {true, "b" + longest, "1", true},
       {Verdict::kDeny, 0}},
      {"a long name, to be read", {false, longest + "a", "", true}, {Verdict::kDeny, 0}},
      {"the longest value", {true, "ab", value, true}, {Verdict::kAllow, 1}},
      {"one byte more", {true, "ab", value + "v", true}, {Verdict::kDeny, 0}},
      {"far too long", {true, "ab", value + std::string(70000, 'v'), true}, {Verdict::kDeny, 0}},
      {"too long where any value is allowed",
       {true, "bb", value + "v", true},
       {Verdict::kAllow, 3}},
      {"an empty value", {true, "ab", "", true}, {Verdict::kDeny, 0}},
      {"an empty value where any is allowed", {true, "bb", "", true}, {Verdict::kAllow, 3}},
      {"elsewhere than at position 0", {true, "ab", "v", false}, {Verdict::kDeny, 0}},
      {"elsewhere, where any value is allowed", {true, "bb", "v", false}, {Verdict::kAllow, 3}},
      {"a zero byte in the value", {true, "ab", std::string("v\0v", 3), true}, {Verdict::kDeny, 0}},
      {"a zero byte where any is allowed",
       {true, "bb", std::string("\0", 1), true},
       {Verdict::kAllow, 3}},
      {"a read has no value", {false, "ab", "not looked at", false}, {Verdict::kAllow, 5}},
      {"an empty name", {true, "", "v", true}, {Verdict::kDeny, 0}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    comparison.on(c.access.view());
    const Decision expected = test::reference_decide(policy, c.access.view());
    CHECK(expected.verdict == c.decision.verdict);
    CHECK(expected.rule == c.decision.rule);
  }
}

TEST_CASE("Decide: a name too long is no matter where a rule for everything is the only one") {
  const std::string name(SG_NAME_SIZE, 'a');
  Comparison comparison(Policy{{rule(RuleKind::kAllow, "*"), rule(RuleKind::kDenyRead, "*")}});
  comparison.on({true, name, "1", true});
  comparison.on({false, name, "", true});
  CHECK(comparison.allowed() == 1);
}

TEST_CASE("Decide: a table of zeros denies everything") {
  for (const std::size_t cells : {1u, 2u, 64u, 4096u}) {
    const std::vector<std::uint8_t> table(sizeof(sg_table) + cells * sizeof(__u32));
    for (const char* name : {"", "a", "net/ipv4/ip_forward"}) {
      for (const char* value : {"", "1"}) {
        INFO(cells << " cells, name " << name << ", value " << value);
        for (const bool write : {false, true}) {
          const Decision found = compile::decide(table, {write, name, value, true});
          CHECK(found.verdict == policy::Verdict::kDeny);
          CHECK(found.rule == automaton::kNoRule);
        }
      }
    }
  }
}

TEST_CASE("Decide: a table of chance bytes is never read outside, which sanitizers watch") {
  test::Random random(11);
  const Policy policy = test::random_policy(random);
  for (int round = 0; round < 2000; ++round) {
    const std::size_t cells = std::size_t{1} << random.below(8);
    std::vector<std::uint8_t> table(sizeof(sg_table) + cells * sizeof(__u32));
    for (std::uint8_t& byte : table) {
      byte = static_cast<std::uint8_t>(random.next());
    }
    if (random.one_in(2)) {
      // Few sinks and near states, so that the walk goes on.
      const __u32 head[6] = {SG_TABLE_VERSION, static_cast<__u32>(cells), 1, 1, 1, 2};
      std::memcpy(table.data(), head, sizeof head);
    }
    const test::OwnedAccess access = test::random_access(random, policy);
    const Decision found = compile::decide(table, access.view());
    const Decision again = compile::decide(table, access.view());
    REQUIRE(found.verdict == again.verdict);
    REQUIRE(found.rule == again.rule);
  }
}
