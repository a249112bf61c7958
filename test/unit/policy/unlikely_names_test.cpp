// SPDX-License-Identifier: Apache-2.0
// unlikely_names_test.cpp - which names are warned of, what is proposed, and which names are not.
#include "policy/unlikely_names.h"

#include <string>
#include <vector>

#include "policy/rule_list.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::policy;

namespace {

std::vector<Rule> rules_of(const std::string& list) {
  Diagnostics findings;
  RuleBudget budget;
  std::vector<Rule> rules =
      parse_rule_list(list, RuleKind::kAllow, "here", Groups({.net = true}), budget, findings);
  CHECK(findings.findings().empty());
  return rules;
}

std::vector<Finding> findings_of(const std::string& list, const NamesHere& here = {}) {
  Diagnostics findings;
  warn_unlikely_names(rules_of(list), here, findings);
  CHECK_FALSE(findings.has_errors());
  return findings.findings();
}

}  // namespace

TEST_CASE("Unlikely names: what is warned of, and what is proposed") {
  struct Case {
    const char* why;
    const char* rule;
    const char* message;
    const char* hint;
  };
  const Case cases[] = {
      {"a letter is missing", "net.ipv4.ip_foward=1", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"without a directory", "ip_forward=1", "no tested kernel has", "write net.ipv4.ip_forward"},
      {"misspelt, without a directory", "ip_foward", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"without the first directory", "ipv4.ip_forward", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"in another directory", "net.core.ip_forward", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"a directory is misspelt", "net.ipv4.cnof.all.rp_filter", "no tested kernel has",
       "write net.ipv4.conf.all.rp_filter"},
      {"below an interface", "net.ipv4.conf.eth0.rp_fliter", "no tested kernel has",
       "write net.ipv4.conf.eth0.rp_filter"},
      {"for every interface", "net.ipv4.conf.*.rp_fliter", "no tested kernel has",
       "write net.ipv4.conf.*.rp_filter"},
      {"nothing near", "net.ipv4.tcp_zzzzzzzzzzzz_qqqqq", "no tested kernel has", "sysctl -a"},
      {"a pattern for nothing", "net.ipv4.ttcp_*", "no tested kernel has a sysctl that this", ""},
      {"a placeholder", "net.ipv4.conf.IFNAME.rp_filter=1", "placeholder", "\"*\" for any"},
      {"a placeholder in words", "net.ipv4.conf.your-interface.rp_filter", "placeholder", ""},
      {"a placeholder in brackets", "net.ipv6.conf.<if>.disable_ipv6", "placeholder", ""},
      {"a shell's variable", "net.ipv6.conf.$IFACE.disable_ipv6", "placeholder", ""},
      {"an X for a number", "net.ipv4.neigh.ethX.gc_stale_time", "placeholder", ""},
      {"a VLAN with dots", "net.ipv6.conf.eth0.103.disable_ipv6=1", "dots of an interface's name",
       "write net.ipv6.conf.eth0/103.disable_ipv6"},
      {"a VLAN of a pattern", "net.ipv4.conf.eth*.103.rp_filter", "dots of an interface's name",
       "write net.ipv4.conf.eth*/103.rp_filter"},
      {"a VLAN's neighbours", "net.ipv4.neigh.bond0.7.gc_stale_time", "dots of an interface's name",
       "write net.ipv4.neigh.bond0/7.gc_stale_time"},
      {"a VLAN with slashes", "net/ipv4/conf/eth0/100/rp_filter", "dots of an interface's name",
       "write net.ipv4.conf.eth0/100.rp_filter"},
      {"two dots in an interface", "net.ipv4.conf.a.b.c.rp_filter", "dots of an interface's name",
       "write net.ipv4.conf.a/b/c.rp_filter"},
      {"a colon for the equals sign", "net.ipv4.ip_forward:1", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"a template of systemd", "net.ipv4.conf.%i.forwarding", "placeholder", ""},
      {"an underscore for a dot", "net.ipv4_ip_forward", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"capital letters", "net.ipv4.IP_FORWARD", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"of the host", "vm.swapiness=10", "no tested kernel has", "write vm.swappiness"},
      {"as in sysctl.d", "-net.ipv4.ip_forward=1", "begins with \"-\"",
       "write net.ipv4.ip_forward"},
      {"a directory", "net.ipv4", "this is a directory", "write net.ipv4.*"},
      {"the directory of an interface", "net.ipv4.conf.eth0", "this is a directory",
       "write net.ipv4.conf.eth0.*"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<Finding> found = findings_of(c.rule);
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == Severity::kWarning);
    CHECK_THAT(found[0].message, Catch::Contains(c.message));
    CHECK_THAT(found[0].hint, Catch::Contains(c.hint));
  }
}

TEST_CASE("Unlikely names: what is right, or not known, is not warned of") {
  for (const char* rule :
       {"net.ipv4.ip_forward=1", "net.ipv4.conf.eth0/100.rp_filter",
        "net/ipv4/conf/eth0.100/rp_filter", "net.ipv4.conf.*.forwarding", "net.*", "*",
        "net.ipv4.tcp_*", "@net", "kernel.core_pattern", "net.ipv4.conf.LAN.rp_filter",
        "net.ipv4.conf.wg0.src_valid_mark", "net.ax25.ax0.ax25_x", "net.ipv4.vs.some_switch",
        "net.x25.link_up", "kernel.sched_domain.cpu0.domain1.flags"}) {
    INFO(rule);
    CHECK(findings_of(rule).empty());
  }
}

TEST_CASE("Unlikely names: what the running kernel has is right") {
  CHECK(findings_of("net.ipv4.ip_brand_new").size() == 1);
  CHECK(findings_of("net.ipv4.ip_brand_new", {"net/ipv4/ip_brand_new"}).empty());
  CHECK(findings_of("net.ipv4.ip_brand_*", {"net/ipv4/ip_brand_new"}).empty());
}

TEST_CASE("Unlikely names: patterns of which nothing can be written") {
  const auto empty = [](const std::string& list, const sysctl::NamespaceSet& own) {
    Diagnostics findings;
    warn_empty_patterns(rules_of(list), own, findings);
    return findings.findings().size();
  };
  CHECK(empty("net.core.rmem_*", {.net = true}) == 1);
  CHECK(empty("net.core.rmem_*", {}) == 0);
  CHECK(empty("net.core.*", {.net = true}) == 0);
  CHECK(empty("net.core.rmem_max", {.net = true}) == 0);  // empty_grants.h
  CHECK(empty("kernel.ostype", {}) == 1);
  CHECK(empty("kernel.hostname, kernel.no_such_name", {}) == 0);
}
