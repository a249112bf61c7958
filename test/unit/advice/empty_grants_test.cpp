// SPDX-License-Identifier: Apache-2.0
// empty_grants_test.cpp - what a namespace of its own has not, and when it matters.
#include "advice/empty_grants.h"

#include <string>
#include <vector>

#include "policy/rule_list.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::advice;
using namespace sg::policy;

namespace {

std::vector<Finding> findings_of(const std::string& list, const sysctl::NamespaceSet& own,
                                 RuleKind kind = RuleKind::kAllow,
                                 std::vector<std::string_view> absent = {}) {
  Diagnostics findings;
  RuleBudget budget;
  Groups groups(own);
  groups.add("@node",
             parse_rule_list("net.core.rmem_max", kind, "there", groups, budget, findings));
  const std::vector<Rule> rules = parse_rule_list(list, kind, "here", groups, budget, findings);
  warn_empty_grants(rules, {.set = own, .absent = absent}, findings);
  CHECK_FALSE(findings.has_errors());
  return findings.findings();
}

}  // namespace

TEST_CASE("Empty grants: read-only or absent in a namespace of its own") {
  struct Case {
    const char* rule;
    const char* message;
  };
  const Case cases[] = {
      {"net.netfilter.nf_conntrack_max=131072..",
       "nf_conntrack_max is read-only in a net namespace"},
      {"net.core.rmem_max", "rmem_max is read-only in a net namespace"},
      {"@node", "rmem_max is read-only in a net namespace"},
      {"net.core.default_qdisc=fq", "default_qdisc does not exist in a net namespace"},
      {"net.ipv4.neigh.default.gc_thresh1", "gc_thresh1 does not exist in a net namespace"},
      {"net.ipv4.neigh.default.base_reachable_time_ms", "_ms does not exist in a net namespace"},
      {"net.ipv6.neigh.default.locktime=1", "default.locktime does not exist in a net namespace"},
      {"net.ipv4.neigh.default.gc_*", "default.gc_* does not exist in a net namespace"},
      {"net.ipv4.tcp_max_orphans", "tcp_max_orphans does not exist in a net namespace"},
  };
  for (const Case& c : cases) {
    INFO(c.rule);
    const std::vector<Finding> found = findings_of(c.rule, {.net = true});
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == Severity::kWarning);
    CHECK_THAT(found[0].message, Catch::Contains(c.message));
    CHECK(findings_of(c.rule, {.ipc = true}).empty());  // the host's, which the limit judges
    const std::string name = std::string(c.rule).substr(0, std::string(c.rule).find('='));
    CHECK(findings_of(name, {.net = true}, RuleKind::kDeny).empty());
  }
}

TEST_CASE("Empty grants: absent on the kernel that is asked for, though others can read it") {
  const std::vector<Finding> found =
      findings_of("net.core.rmem_max=1", {.net = true}, RuleKind::kAllow, {"net/core/rmem_max"});
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message, Catch::Contains("rmem_max does not exist in a net namespace"));
}

TEST_CASE("Empty grants: what can be written, and what is not named") {
  for (const char* rule :
       {"net.ipv4.ip_forward", "net.core.somaxconn", "net.*", "@net", "kernel.core_pattern",
        "net.core.new_one", "net.ipv4.neigh.eth0.locktime", "net.ipv4.neigh.*.locktime"}) {
    INFO(rule);
    CHECK(findings_of(rule, {.net = true}).empty());
  }
}
