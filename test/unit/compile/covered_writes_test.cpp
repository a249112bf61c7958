// SPDX-License-Identifier: Apache-2.0
// covered_writes_test.cpp - a glob is allowed only where each name that it covers is.
#include "compile/covered_writes.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/table_of.h"

using namespace sg;
using compile::CoveredDecision;
using compile::GlobWrite;
using policy::Audit;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::Verdict;

namespace {

Rule rule(RuleKind kind, const std::string& pattern, const std::string& value = "") {
  Rule made = policy::unwritten_rule(kind, pattern);
  if (!value.empty()) {
    made.values = {policy::TextValue{value, false}};
  }
  return made;
}

std::vector<std::uint8_t> table_of(std::vector<Rule> rules, Audit audit = Audit::kOff) {
  if (audit != Audit::kOff) {
    rules.push_back(policy::unwritten_rule(RuleKind::kUnmatched, "*"));
  }
  rules.push_back(policy::unwritten_rule(RuleKind::kAllowRead, "*"));
  return test::table_of(Policy{.rules = std::move(rules), .audit = audit});
}

CoveredDecision must(const std::vector<std::uint8_t>& table, const GlobWrite& write) {
  Result<CoveredDecision> decision = compile::decide_covered(table, write);
  REQUIRE(decision);
  return *std::move(decision);
}

const std::string kGlob = "net/ipv4/conf/*/rp_filter";

}  // namespace

TEST_CASE("Covered writes: allowed only where every name is") {
  const auto wide = table_of({rule(RuleKind::kAllow, kGlob, "2")});
  CHECK(must(wide, {.name = kGlob, .except = {}, .value = "2"}).verdict == Verdict::kAllow);
  CHECK(must(wide, {.name = kGlob, .except = {}, .value = "2"}).rule == 1);
  CHECK(must(wide, {.name = kGlob, .except = {}, .value = "1"}).verdict == Verdict::kDeny);
  CHECK(must(wide, {.name = "net/ipv4/conf/eth*/rp_filter", .except = {}, .value = "2"}).verdict ==
        Verdict::kAllow);
  CHECK(must(wide, {.name = "net/ipv4/conf/*/*", .except = {}, .value = "2"}).verdict ==
        Verdict::kDeny);

  const auto narrow = table_of(
      {rule(RuleKind::kDeny, "net/ipv4/conf/mgmt0/*"), rule(RuleKind::kAllow, kGlob, "2")});
  const CoveredDecision denied = must(narrow, {.name = kGlob, .except = {}, .value = "2"});
  CHECK(denied.verdict == Verdict::kDeny);
  CHECK(denied.rule == 1);
  REQUIRE(denied.example);
  CHECK(compile::describe(*denied.example) == "net.ipv4.conf.mgmt0.rp_filter=2");
  CHECK(must(narrow, {.name = kGlob, .except = {"net/ipv4/conf/mgmt0/rp_filter"}, .value = "2"})
            .verdict == Verdict::kAllow);
  CHECK(must(narrow, {.name = kGlob, .except = {"net/ipv4/conf/mgmt1/rp_filter"}, .value = "2"})
            .verdict == Verdict::kDeny);
  CHECK(must(narrow, {.name = "net/ipv4/conf/e*/rp_filter", .except = {}, .value = "2"}).verdict ==
        Verdict::kAllow);
}

TEST_CASE("Covered writes: a star at the end stays in its component") {
  const auto flat =
      table_of({rule(RuleKind::kDeny, "net/ipv4/conf/*"), rule(RuleKind::kAllow, "net/ipv4/*")});
  CHECK(must(flat, {.name = "net/ipv4/*", .except = {}, .value = "1"}).verdict == Verdict::kAllow);
  CHECK(must(flat, {.name = "net/ipv4/*/*", .except = {}, .value = "1"}).verdict == Verdict::kDeny);
  const auto tcp = table_of({rule(RuleKind::kAllow, "net/ipv4/tcp_*")});
  CHECK(must(tcp, {.name = "net/ipv4/tcp_*", .except = {}, .value = "1"}).verdict ==
        Verdict::kAllow);
  CHECK(must(tcp, {.name = "net/ipv4/t*", .except = {}, .value = "1"}).verdict == Verdict::kDeny);
}

TEST_CASE("Covered writes: other wildcards count for all that they could be") {
  CHECK(compile::pattern_of_glob("net/ipv4/conf/eth?/x") == "net/ipv4/conf/eth*/x");
  CHECK(compile::pattern_of_glob("net/ipv4/conf/eth[0-3]?/x") == "net/ipv4/conf/eth*/x");
  CHECK(compile::pattern_of_glob("net/[!]a]*/x") == "net/*/x");
  CHECK(compile::pattern_of_glob("net/[a/x]") == "net/[a/x]");
  const auto table = table_of({rule(RuleKind::kAllow, "net/ipv4/conf/eth*/rp_filter")});
  CHECK(must(table, {.name = "net/ipv4/conf/eth[01]/rp_filter", .except = {}, .value = "1"})
            .verdict == Verdict::kAllow);
  CHECK(must(table, {.name = "net/ipv4/conf/?th0/rp_filter", .except = {}, .value = "1"}).verdict ==
        Verdict::kDeny);
}

TEST_CASE("Covered writes: what cannot be seen whole needs a rule without values") {
  const auto valued = table_of({rule(RuleKind::kAllow, kGlob, "2")});
  const auto any = table_of({rule(RuleKind::kAllow, kGlob)});
  for (const GlobWrite& write :
       {GlobWrite{.name = kGlob, .except = {}, .value = "2", .at_position_zero = false},
        GlobWrite{.name = kGlob, .except = {}, .value = ""},
        GlobWrite{.name = kGlob, .except = {}, .value = std::string(300, '2')}}) {
    CHECK(must(valued, write).verdict == Verdict::kDeny);
    CHECK(must(any, write).verdict == Verdict::kAllow);
  }
}

TEST_CASE("Covered writes: audit lets through what it would deny") {
  const auto audited = table_of({rule(RuleKind::kAllow, kGlob, "2")}, Audit::kFull);
  CHECK(must(audited, {.name = kGlob, .except = {}, .value = "2"}).verdict == Verdict::kAllow);
  const CoveredDecision other = must(audited, {.name = kGlob, .except = {}, .value = "1"});
  CHECK(other.verdict == Verdict::kWouldDeny);
  CHECK(other.example.has_value());
}
