// SPDX-License-Identifier: Apache-2.0
// limits_test.cpp - the dearest rules are named, whoever wrote them.
#include "compile/limits.h"

#include <string>

#include "support/catch.h"

using namespace sg;
using compile::Costs;
using policy::Rule;

namespace {

Rule rule(const std::string& text, const std::string& pointer = "") {
  Rule made;
  made.text = text;
  made.source = pointer.empty() ? "annotation a" : "node policy f";
  made.pointer = pointer;
  made.offset = 7;
  return made;
}

Finding reported(Costs costs) {
  Diagnostics findings;
  compile::report_too_large("it is too large", std::move(costs), findings);
  REQUIRE(findings.findings().size() == 1);
  return findings.findings()[0];
}

}  // namespace

TEST_CASE("Too large: three rules at most, the dearest first, none that nobody wrote") {
  const std::vector<Rule> rules = {rule("aa"), rule(""), rule("bbbb"), rule("c"), rule("ddd")};
  const Finding found = reported(compile::costs_of(rules));
  CHECK(found.message == "it is too large; most of it is due to bbbb, ddd, aa");
  CHECK(found.source == "annotation a");
  CHECK(found.text == "bbbb");
  CHECK(found.offset == 7);
  CHECK(found.code == Errc::kBadInput);
}

TEST_CASE("Too large: by the states that rules were in question in") {
  const std::vector<Rule> rules = {rule("aa"), rule("b", "/default/deny/0"), rule("c")};
  automaton::OverBudget over;
  over.states_of_rule = {0, 5, 9};  // the third was in none
  const Finding found = reported(compile::costs_of(rules, over));
  CHECK(found.message == "it is too large; most of it is due to b, aa");
  CHECK(found.code == Errc::kNodePolicy);
  CHECK(found.pointer == "/default/deny/0");
}

TEST_CASE("Too large: what is built in, and what stands for the limit, is nobody's to write") {
  std::vector<Rule> rules = {rule("(beyond the limit)"), rule("(the host's)"), rule("net.*")};
  rules[0].kind = policy::RuleKind::kBeyondLimit;
  rules[1].source = policy::kBuiltIn;
  const Finding found = reported(compile::costs_of(rules));
  CHECK(found.message == "it is too large; most of it is due to net.*");
  CHECK(found.source == "annotation a");
}

TEST_CASE("Too large: the rules of the limit count where it is held against them") {
  policy::Policy policy;
  policy.rules = {rule("net.*")};
  policy.limit.emplace();
  policy.limit->host = {rule("net.ipv4.ip_forward", "/limit/host/0")};
  policy.limit->deny = {rule("net.core", "/limit/deny/0")};
  const Finding found = reported(compile::costs_with_limit(policy));
  CHECK(found.message ==
        "it is too large; most of it is due to net.ipv4.ip_forward, net.core, net.*");
  CHECK(found.pointer == "/limit/host/0");
}

TEST_CASE("Too large: without a rule to blame") {
  CHECK(reported({}).message == "it is too large");
  CHECK(reported({}).source == "policy");
}
