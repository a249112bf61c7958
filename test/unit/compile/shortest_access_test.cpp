// SPDX-License-Identifier: Apache-2.0
// shortest_access_test.cpp - against all small accesses, and the limits of names and values.
#include "compile/shortest_access.h"

#include <string>
#include <vector>

#include "compile/build_nfa.h"
#include "compile/compile_policy.h"
#include "support/all_words.h"
#include "support/catch.h"
#include "support/reference_match.h"

using namespace sg;
using automaton::Dfa;
using compile::ShownAccess;
using policy::NumericValue;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::TextValue;

namespace {

Rule rule(RuleKind kind, const std::string& pattern, std::vector<policy::Value> values = {}) {
  Rule made = policy::unwritten_rule(kind, pattern);
  made.values = std::move(values);
  return made;
}

// The writes that the rules allow, as a set.
Dfa allowed(const Policy& policy) {
  Diagnostics findings;
  std::optional<Dfa> dfa = compile::compile_automaton(policy, findings);
  REQUIRE(dfa.has_value());
  for (automaton::RuleNumber& number : dfa->rule_of) {
    const bool is_allow = number != 0 && policy.rules[number - 1].kind == RuleKind::kAllow;
    number = is_allow ? number : 0;
  }
  return *dfa;
}

std::string shown(const Policy& policy) {
  const std::optional<ShownAccess> access = compile::shortest_access(allowed(policy));
  return access ? compile::describe(*access) : "none";
}

bool is_name(const std::string& text) {
  return !text.empty() && text.front() != '/' && text.back() != '/' &&
         text.find("//") == std::string::npos;
}

}  // namespace

TEST_CASE("Shortest access: what is shown") {
  struct Case {
    const char* why;
    Policy policy;
    std::string expected;
  };
  const policy::Value one = NumericValue{{{.any = false, .low = {false, 1}, .high = {false, 1}}}};
  const policy::Value big =
      NumericValue{{{.any = false, .low = {false, 262144}, .high = {false, 1048576}}}};
  const Case cases[] = {
      {"nothing", {{rule(RuleKind::kDeny, "*")}}, "none"},
      {"a read is no write", {{rule(RuleKind::kAllowRead, "*")}}, "none"},
      {"everything", {{rule(RuleKind::kAllow, "*")}}, "a=0"},
      {"a name", {{rule(RuleKind::kAllow, "kernel/core_pattern")}}, "kernel.core_pattern=0"},
      {"a value", {{rule(RuleKind::kAllow, "vm/x", {big})}}, "vm.x=262144"},
      {"text", {{rule(RuleKind::kAllow, "a/b", {TextValue{"cubic", false}})}}, "a.b=cubic"},
      {"the shorter of two",
       {{rule(RuleKind::kAllow, "a/bcd"), rule(RuleKind::kAllow, "a/b", {big}),
         rule(RuleKind::kAllow, "a/bc", {one})}},
       "a.bc=1"},
      {"a dot in a component", {{rule(RuleKind::kAllow, "net/eth0.1/x", {one})}}, "net.eth0/1.x=1"},
      {"a component is never empty", {{rule(RuleKind::kAllow, "net/*/x", {one})}}, "net.a.x=1"},
      {"what a deny leaves",
       {{rule(RuleKind::kDeny, "a*"), rule(RuleKind::kAllow, "*", {one})}},
       "b=1"},
      {"only what cannot be seen is left",
       {{rule(RuleKind::kDeny, "b*"), rule(RuleKind::kAllow, "a")}},
       "a=0"},
      {"an alias in upper case", {{rule(RuleKind::kAllow, "N/*")}}, "N.a=0"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.policy) == c.expected);
  }
}

TEST_CASE("Shortest access: one that cannot be seen, where all others are taken") {
  Rule every = rule(RuleKind::kPair, "a", {TextValue{"", true}});  // every printable value
  CHECK(shown({{every, rule(RuleKind::kAllow, "a")}}) ==
        "a with a value that cannot be judged (over 255 bytes, or not at file position 0)");
}

TEST_CASE("Shortest access: bytes that are not printable, where no others are left") {
  Policy policy;
  for (char c = '!'; c <= '~'; ++c) {
    if (c != '/' && c != '*') {
      policy.rules.push_back(rule(RuleKind::kDeny, std::string("n/") + c + "*"));
    }
  }
  Rule star = rule(RuleKind::kPair, "n/*");
  star.literal = true;
  policy.rules.insert(policy.rules.begin(), star);
  policy.rules.push_back(rule(RuleKind::kAllow, "n/*"));
  // A name may begin with a '*' and go on.
  CHECK(shown(policy) == "n.*a=0");
  // With a '*' literally in front, that is taken too.
  policy.rules.pop_back();
  for (char c = '!'; c <= '~'; ++c) {
    Rule longer = rule(RuleKind::kPair, std::string("n/*") + c);
    longer.literal = true;
    policy.rules.push_back(longer);
  }
  policy.rules.push_back(rule(RuleKind::kAllow, "n/*"));
  const std::optional<ShownAccess> access = compile::shortest_access(allowed(policy));
  REQUIRE(access.has_value());
  CHECK(access->name.size() >= 3);
}

TEST_CASE("Shortest access: as short as any of all small ones") {
  const std::vector<std::string> patterns = test::all_patterns(3);
  std::vector<std::string> names;
  for (const std::string& word : test::all_words("ab/", 3)) {
    if (is_name(word)) {
      names.push_back(word);
    }
  }
  const policy::Value values[] = {
      NumericValue{{{.any = false, .low = {false, 9}, .high = {false, 10}}}},
      TextValue{"ab", true}};
  std::size_t checked = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    for (std::size_t j = i % 5; j < patterns.size(); j += 5) {
      const Policy policy{{rule(RuleKind::kDeny, patterns[j]),
                           rule(RuleKind::kAllow, patterns[i], {values[i % 2]})}};
      std::size_t best = SIZE_MAX;
      for (const std::string& name : names) {
        for (const std::string value : {"9", "10", "ab"}) {
          const compile::Decision found = test::reference_decide(policy, {true, name, value, true});
          if (found.verdict == policy::Verdict::kAllow) {
            best = std::min(best, name.size() + std::string(value).size());
          }
        }
      }
      const std::optional<ShownAccess> access = compile::shortest_access(allowed(policy));
      if (best == SIZE_MAX) {
        continue;  // at most longer names are left
      }
      INFO(patterns[i] << " without " << patterns[j]);
      REQUIRE(access.has_value());
      // Other letters than a and b may give a shorter one, never a longer one.
      REQUIRE(access->name.size() + access->value.size() <= best);
      REQUIRE(test::reference_decide(policy, {true, access->name, access->value, true}).rule ==
              access->rule);
      ++checked;
    }
  }
  CHECK(checked > 200);
}

TEST_CASE("Shortest access: names and values that the guard could not see are none") {
  const std::string longest(127, 'n');
  CHECK(shown({{rule(RuleKind::kAllow, longest)}}) == longest + "=0");
  Rule one_more = rule(RuleKind::kAllow, longest + "n");
  CHECK(shown({{one_more}}) == "none");
  CHECK(shown({{one_more, rule(RuleKind::kAllow, "vm/x/y")}}) == "vm.x.y=0");
  NumericValue value;
  value.tokens.resize(128, {.any = false, .low = {false, 1}, .high = {false, 9}});
  const std::optional<ShownAccess> access =
      compile::shortest_access(allowed({{rule(RuleKind::kAllow, "a", {value})}}));
  REQUIRE(access.has_value());
  CHECK(access->value.size() == 255);
  value.tokens.resize(129, value.tokens[0]);
  CHECK(shown({{rule(RuleKind::kAllow, "a", {value})}}) == "none");
}

TEST_CASE("Shortest read: a name alone, and none where writes alone are in the set") {
  const auto shown_read = [](const Policy& policy) {
    Diagnostics findings;
    const std::optional<Dfa> dfa = compile::compile_automaton(policy, findings);
    REQUIRE(dfa.has_value());
    const std::optional<ShownAccess> access = compile::shortest_read(*dfa);
    return access ? compile::describe(*access) : "none";
  };
  CHECK(shown_read({{rule(RuleKind::kAllow, "a")}}) == "none");
  CHECK(shown_read({{rule(RuleKind::kDenyRead, "kernel/*"), rule(RuleKind::kAllow, "a")}}) ==
        "kernel.a");
  CHECK(shown_read({{rule(RuleKind::kDenyRead, "kernel/\x80")}}) == "kernel.\\x80");
  CHECK(shown_read({{rule(RuleKind::kDenyRead, std::string(128, 'a'))}}) == "none");
}
