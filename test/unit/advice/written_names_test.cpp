// SPDX-License-Identifier: Apache-2.0
// written_names_test.cpp - signs and words at a name, in lists of what is allowed and of what is denied.
#include "advice/written_names.h"

#include <optional>
#include <string>
#include <vector>

#include "policy/rule_list.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::advice;
using namespace sg::policy;

namespace {

std::vector<Rule> rules_of(const std::string& list, RuleKind kind) {
  Diagnostics findings;
  RuleBudget budget;
  std::vector<Rule> rules =
      parse_rule_list(list, kind, "here", Groups({.net = true}), budget, findings);
  CHECK(findings.findings().empty());
  REQUIRE_FALSE(rules.empty());
  return rules;
}

std::string hint_of(const std::string& list, RuleKind kind = RuleKind::kAllow) {
  const std::vector<Rule> rules = rules_of(list, kind);
  std::optional<Advice> found = look_at_front(rules[0]);
  if (!found) {
    found = look_at_left_out_interface(rules[0]);
  }
  if (!found) {
    found = look_at_signs(rules[0],
                          {.before = nullptr, .behind = rules.size() > 1 ? &rules[1] : nullptr});
  }
  return found ? found->hint : "";
}

constexpr const char* kDeniedOnly =
    "this list names what is denied, and nothing that is left out of that";

}  // namespace

TEST_CASE("Written names: what is to be left out is never proposed as a grant, nor to be denied") {
  struct Case {
    const char* rule;
    const char* allow;
    const char* deny;
  };
  const Case cases[] = {
      {"!net.core.*", "what is to be left out stands in io.sysctl-guard.deny: net.core.* there",
       kDeniedOnly},
      {"~net.core.*", "what is to be left out stands in io.sysctl-guard.deny: net.core.* there",
       kDeniedOnly},
      {"!net.zz.*", "what is to be left out stands in io.sysctl-guard.deny", kDeniedOnly},
      {"-net.core.*", "what is to be left out stands in io.sysctl-guard.deny: net.core.* there",
       "leave out the \"-\" to deny net.core.*: this list has nothing that is left out"},
      {"net.*!net.core.*",
       "write net.* here; what is to be left out stands in io.sysctl-guard.deny: net.core.* there",
       kDeniedOnly},
      {"net.*-net.core.somaxcon",
       "write net.* here; what is to be left out stands in io.sysctl-guard.deny: "
       "net.core.somaxconn there",
       kDeniedOnly},
      {"net.*&!net.core.*",
       "write net.* here; what is to be left out stands in io.sysctl-guard.deny: net.core.* there",
       kDeniedOnly},
      {"net.*!core.*",
       "write net.* here; what is to be left out stands in io.sysctl-guard.deny: net.core.* there",
       kDeniedOnly},
      {"net.ipv4.tcp_*-tcp_mem",
       "write net.ipv4.tcp_* here; what is to be left out stands in io.sysctl-guard.deny: "
       "net.ipv4.tcp_mem there",
       kDeniedOnly},
      {"^net.core.*", "write net.core.*; what is to be left out stands in io.sysctl-guard.deny",
       "write net.core.*"},
      {"^net.ipv4$", "write net.ipv4.*", "write net.ipv4.*"},
      {"net.ipv4.ip_forward+net.ipv4.tcp_syncookies+net.core.somaxconn", "write a rule for each",
       "write a rule for each"},
      {"net.*!net.core.*!net.ipv4.*",
       "write net.* here; what is to be left out stands in io.sysctl-guard.deny", kDeniedOnly},
      {"net.ipv4.conf.*!eth0.rp_filter",
       "what is to be left out stands in io.sysctl-guard.deny: net.ipv4.conf.eth0.rp_filter there",
       kDeniedOnly},
      {"net.ipv4.conf.!eth0.rp_filter",
       "what is to be left out stands in io.sysctl-guard.deny: net.ipv4.conf.eth0.rp_filter there",
       kDeniedOnly},
      {"^net.ipv4.*$", "write net.ipv4.*", "write net.ipv4.*"},
      {"net.ipv4.ip_forward$", "write net.ipv4.ip_forward", "write net.ipv4.ip_forward"},
      {"net\\.ipv4\\.tcp_.*", "write net.ipv4.tcp_*", "write net.ipv4.tcp_*"},
      {"^zz$", "write the name as `sysctl -a` prints it",
       "write the name as `sysctl -a` prints it"},
      {"net.ipv4.ip_forward:1", "write net.ipv4.ip_forward=1",
       "write net.ipv4.ip_forward: it is denied with every value"},
      {"net.ipv4.tcp_keepalive_time:600-7200", "write net.ipv4.tcp_keepalive_time=600..7200",
       "write net.ipv4.tcp_keepalive_time: it is denied with every value"},
      {"net.ipv4.conf.all.rp_filter:0-2", "write net.ipv4.conf.all.rp_filter=0..2",
       "write net.ipv4.conf.all.rp_filter: it is denied with every value"},
      {"kernel/panic:-1", "write kernel.panic=-1",
       "write kernel.panic: it is denied with every value"},
      {"net/ipv4/ip_forward:0..1", "write net.ipv4.ip_forward=0..1",
       "write net.ipv4.ip_forward: it is denied with every value"},
      {"net.ipv4.ip_forward+net.ipv4.tcp_syncookies",
       "write a rule for each: net.ipv4.ip_forward and net.ipv4.tcp_syncookies",
       "write a rule for each: net.ipv4.ip_forward and net.ipv4.tcp_syncookies"},
      // Not signs.
      {"net.ipv4/*", "", ""},
      {"net.bridge.bridge-nf-call-iptables", "", ""},
      {"net.ipv4.ip_foward", "", ""},
  };
  for (const Case& c : cases) {
    INFO(c.rule);
    CHECK(hint_of(c.rule) == c.allow);
    CHECK(hint_of(c.rule, RuleKind::kDeny) == c.deny);
  }
}

TEST_CASE("Written names: the value stays with each name") {
  CHECK(hint_of("net.ipv4.ip_forward&net.ipv4.tcp_syncookies=1") ==
        "write a rule for each: net.ipv4.ip_forward=1 and net.ipv4.tcp_syncookies=1");
  CHECK(hint_of("net.ipv4.ip_forward&net.ipv4.tcp_rmem=1") == "write a rule for each");
  CHECK(hint_of("net.ipv4.*!net.ipv4.ip_forward=1") ==
        "write net.ipv4.*=1 here; what is to be left out stands in io.sysctl-guard.deny: "
        "net.ipv4.ip_forward there");
  CHECK(hint_of("'net.ipv4.ip_forward' = '1'") ==
        "leave out the \"'\": write net.ipv4.ip_forward=1");
  CHECK(hint_of("'net.ipv4.ip_forward=1'") == "leave out the \"'\": write net.ipv4.ip_forward=1");
  CHECK(hint_of("^net.ipv4.ip_forward$=1") == "write net.ipv4.ip_forward=1");
}

TEST_CASE("Written names: words for the name and the value") {
  CHECK(hint_of("name=net.core.somaxconn,value=1024") == "write net.core.somaxconn=1024");
  CHECK(hint_of("name=net.ipv4.ip_forward value=1 state=present") == "write net.ipv4.ip_forward=1");
  CHECK(hint_of("name=net.core.somaxconn") == "write net.core.somaxconn=VALUE");
  CHECK(hint_of("name=value").empty());
  CHECK(hint_of("sysctl=net.ipv4.ip_forward=1") == "write net.ipv4.ip_forward=1");
  CHECK(hint_of("sysctl:net.ipv4.ip_forward=1") == "write net.ipv4.ip_forward=1");
  const std::vector<Rule> rules = rules_of("name=net.core.somaxconn,value=1024", RuleKind::kAllow);
  CHECK(look_at_signs(rules[1], {.before = rules.data(), .behind = nullptr})->hint ==
        "write net.core.somaxconn=1024");
}

TEST_CASE("Written names: a name goes on where another stands") {
  CHECK(continued("net/ipv4/conf/all/rp_filter", "log_martians") ==
        "net/ipv4/conf/all/log_martians");
  CHECK(continued("net/ipv4/conf/all/rp_filter", "no_such_name").empty());
}
