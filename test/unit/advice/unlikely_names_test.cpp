// SPDX-License-Identifier: Apache-2.0
// unlikely_names_test.cpp - which names are warned of, what is proposed, and which names are not.
#include "advice/unlikely_names.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advice/unlikely_values.h"
#include "policy/rule_list.h"
#include "policy/value_rule.h"
#include "support/catch.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using namespace sg::advice;
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

// Each rule that a hint proposes has no finding of its own.
void check_proposals(const std::string& hint) {
  for (std::string_view word : split_tokens(hint)) {
    word = word.substr(0, word.find_last_not_of(",;:") + 1);
    const std::string name = sysctl::to_slash_form(word.substr(0, word.find('=')));
    if (sysctl::is_top_directory(std::string_view(name).substr(0, name.find('/')))) {
      INFO(word);
      CHECK(findings_of(std::string(word)).empty());
      Diagnostics findings;
      warn_unlikely_values(rules_of(std::string(word)), findings);
      CHECK(findings.findings().empty());
    }
  }
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
      {"what a namespace of its own has not", "net.ipv4.neigh.gc_stale_time",
       "no tested kernel has", "write net.ipv4.neigh.*.gc_stale_time"},
      {"what one can only read", "net.ipv4.congestion_control=bbr", "no tested kernel has",
       "write net.ipv4.tcp_congestion_control=bbr"},
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
      {"a colon for the equals sign", "net.ipv4.ip_forward:1", "\":\" is taken for a part",
       "write net.ipv4.ip_forward=1"},
      {"a sign behind the name", "net.ipv4.ip_forward!=0", "\"!\" is taken for a part",
       "write net.ipv4.ip_forward=1.. for more than 0"},
      {"a sign and no equals sign", "net.core.somaxconn>1", "\">\" is taken for a part",
       "write net.core.somaxconn=2.. for more than 1"},
      {"a sign that no rule has", "kernel.domainname!=a", "\"!\" is taken for a part",
       "a rule names no others"},
      {"the values go with the name", "net.ipv4.ip_foward=0|1", "no tested kernel has",
       "write net.ipv4.ip_forward=0|1, if"},
      {"but not where they do not fit", "net.ipv4.ip_foward=yes", "no tested kernel has",
       "the name is net.ipv4.ip_forward,"},
      {"the directory of a VLAN", "net.ipv6.conf.eth0.103.*", "dots of an interface's name",
       "write net.ipv6.conf.eth0/103.*"},
      {"below a sysctl", "net.ipv4.ip_forward.*=1", "there is nothing below it",
       "write net.ipv4.ip_forward=1"},
      {"a wildcard of iptables", "net.ipv4.conf.tun+.rp_filter=1", "\"+\" is no wildcard",
       "write net.ipv4.conf.tun*.rp_filter=1"},
      {"an exclusion as in a shell", "!net.core.*", "begins with \"!\"",
       "in io.sysctl-guard.deny: net.core.*"},
      {"an exclusion as in sysctl.d", "-net.core.*", "begins with \"-\"",
       "in io.sysctl-guard.deny: net.core.*"},
      {"an engine's option", "--sysctl=net.ipv4.ip_forward=1", "begins with \"--\"",
       "without the option: net.ipv4.ip_forward=1"},
      {"a rule in quotes", "'net.ipv4.ip_forward=1'", "begins with \"'\"",
       "write net.ipv4.ip_forward=1"},
      {"a comment", "#net.ipv4.ip_forward=1", "begins with \"#\"", "has no comments"},
      {"a template of systemd", "net.ipv4.conf.%i.forwarding", "placeholder", ""},
      {"an underscore for a dot", "net.ipv4_ip_forward", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"capital letters", "net.ipv4.IP_FORWARD", "no tested kernel has",
       "write net.ipv4.ip_forward"},
      {"of the host", "vm.swapiness=10", "no tested kernel has", "write vm.swappiness"},
      {"as in sysctl.d", "-net.ipv4.ip_forward=1", "begins with \"-\"",
       "write net.ipv4.ip_forward"},
      {"a slash among dots", "net.ipv4/ip_forward=1", "\"ipv4.ip_forward\" is taken for one",
       "write net.ipv4.ip_forward=1"},
      {"a dot among slashes", "net/ipv4.conf.all.*", "\"ipv4.conf.all.*\" is taken for one",
       "write net.ipv4.conf.all.*"},
      {"slashes behind dots", "net.ipv4.conf/all/rp_filter", "\"conf.all.rp_filter\" is taken",
       "write net.ipv4.conf.all.rp_filter"},
      {"of a VLAN", "net.ipv6.conf.eth0/100/accept_ra=1", "\"eth0.100.accept_ra\" is taken",
       "write net.ipv6.conf.eth0/100.accept_ra=1"},
      {"of a VLAN, in the other family", "net.ipv4.conf.eth0/100/accept_ra", "is taken for one",
       "write net.ipv6.conf.eth0/100.accept_ra, if"},
      {"in front of the last", "net.ipv4.conf.eth0/rp_filter", "\"eth0.rp_filter\" is taken",
       "write net.ipv4.conf.eth0.rp_filter"},
      {"and misspelt", "net.ipv4/ip_foward=1", "is taken for one", "write net.ipv4.ip_forward=1,"},
      {"of a directory", "net.ipv4/conf", "is taken for one", "write net.ipv4.conf.*"},
      {"all below", "net.ipv4/*", "\"ipv4.*\" is taken for one", "write net.ipv4.*"},
      {"all below all", "net.ipv4.conf.all/*", "\"all.*\" is taken", "write net.ipv4.conf.all.*"},
      {"some below", "net.ipv6.conf.eth0/accept_*", "\"eth0.accept_*\" is taken for one",
       "write net.ipv6.conf.eth0.accept_*"},
      {"all below each", "net.ipv4.*/*=1", "\"*.*\" is taken for one", "write net.ipv4.*.*=1"},
      {"where nobody has looked", "net.mpls/x=1", "\"mpls.x\" is taken", "write net.mpls.x=1"},
      {"a path and dots", "proc/sys/net.ipv4.ip_forward=1", "is taken for one",
       "write net.ipv4.ip_forward=1"},
      {"all VLANs", "net.ipv4.conf.eth0/*=1", "the VLANs of an interface",
       "write net.ipv4.conf.eth0.*=1 for the interface, net.ipv4.conf.eth0/*.*=1 for its VLANs"},
      {"a value behind a dot", "net.ipv4.ip_forward.1", "nothing below it",
       "write net.ipv4.ip_forward=1"},
      {"a value behind a slash", "net.ipv4.ip_forward/1", "is taken for one",
       "write net.ipv4.ip_forward=1"},
      {"a word behind a dot", "net.ipv4.tcp_congestion_control.bbr", "nothing below it",
       "write net.ipv4.tcp_congestion_control=bbr"},
      {"a part behind a dot", "net.ipv4.conf.*.arp.*", "reads like a regular expression",
       "write net.ipv4.conf.*.arp*"},
      {"a name below a sysctl", "net.ipv4.ip_forward.all=1", "nothing below it",
       "write net.ipv4.ip_forward=1"},
      {"a dot for a low line", "net.ipv4.tcp_keepalive.time=600", "no tested kernel has",
       "write net.ipv4.tcp_keepalive_time=600"},
      {"below a sysctl by a dot", "net.ipv4.tcp_fastopen.key", "no tested kernel has",
       "write net.ipv4.tcp_fastopen_key"},
      {"of both families", "forwarding=1", "no tested kernel has",
       "write net.ipv4.conf.*.forwarding=1 or net.ipv6.conf.*.forwarding=1"},
      {"a VLAN with dots, misspelt", "net.ipv4.conf.eth0.100.rp_fliter=1", "no tested kernel has",
       "write net.ipv4.conf.eth0/100.rp_filter=1"},
      {"a word for any", "net.ipv4.conf.any.rp_filter", "placeholder", "\"*\" for any"},
      {"all in capital letters", "net.ipv4.conf.ALL.rp_filter=1", "as the name of an interface",
       "write net.ipv4.conf.all.rp_filter=1"},
      {"all where there is none", "net.ipv4.neigh.all.gc_stale_time=60", "has no \"all\"",
       "write net.ipv4.neigh.*.gc_stale_time=60"},
      {"a wildcard of SQL", "net.ipv4.tcp_%=1", "a name is none", "write net.ipv4.tcp_*"},
      {"in brackets", "<net.core.somaxconn>=1024", "begins with \"<\"",
       "write net.core.somaxconn=1024"},
      {"an alias", "net.ipv4.conf.eth0:1.rp_filter=1", "an alias has no sysctls",
       "write net.ipv4.conf.eth0.rp_filter=1"},
      {"more than a name can have", "net.ipv4.conf.sixteen-letters-.rp_filter", "at most 15 bytes",
       "as `ip link` prints it"},
      {"an exclusion behind", "net.*!net.core.*", "\"!\" leaves nothing out",
       "write net.* here; what is to be left out stands in io.sysctl-guard.deny: net.core.* there"},
      {"anchors", "^net.ipv4.*$", "reads like a regular expression", "write net.ipv4.*"},
      {"escapes of Helm", "net\\.ipv4\\.ip_forward=1", "reads like a regular expression",
       "write net.ipv4.ip_forward=1"},
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
    check_proposals(found[0].hint);
  }
}

TEST_CASE("Unlikely names: what is right, or not known, is not warned of") {
  for (const char* rule : {"net.ipv4.ip_forward=1",
                           "net.ipv4.conf.eth0/100.rp_filter",
                           "net/ipv4/conf/eth0.100/rp_filter",
                           "net.ipv4.conf.eth0/*.rp_filter",
                           "net.mpls.conf.eth0/100.input",
                           "default}.rp_filter",
                           "net.ipv4.conf.eth0/1*",
                           "net.ipv4.conf.*/100.rp_filter",
                           "net.ipv4.conf.eth0/100.*",
                           "net/ipv6/neigh/bond0.7/*",
                           "net.ipv4.conf.fifteen-letters.rp_filter",
                           "net.ipv4.conf.*.forwarding",
                           "net.*",
                           "*",
                           "net.ipv4.tcp_*",
                           "@net",
                           "kernel.core_pattern",
                           "net.ipv4.conf.LAN.rp_filter",
                           "net.ipv4.conf.wg0.src_valid_mark",
                           "net.ax25.ax0.ax25_x",
                           "net.ipv4.vs.some_switch",
                           "net.x25.link_up",
                           "net.mpls.*",
                           "net.mpls.conf.eth0.input",
                           "net.ipv4.vs.*",
                           "net.sctp.sctp_rmem",
                           "net.sctp.rto_min",
                           "net.tipc.tipc_rmem",
                           "net.phonet.local_port_range",
                           "net.rose.x",
                           "dev.rtc.max-user-freq",
                           "kernel.hotplug",
                           "kernel.stack_erasing",
                           "abi.sve_default_vector_length",
                           "kernel.sched_domain.cpu0.domain1.flags"}) {
    INFO(rule);
    CHECK(findings_of(rule).empty());
  }
}

TEST_CASE("Unlikely names: a string of a JSON list has no neighbours") {
  CHECK(findings_of(R"(["net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.all"])")[0].hint ==
        "write net.ipv4.conf.all.* for all that is below it");
  CHECK(findings_of(R"(["net.ipv4.conf.all.rp_filter=1", "log_martians=1"])")[0].message ==
        "no tested kernel has a sysctl of this name");
}

TEST_CASE("Unlikely names: in lists of what is denied, as in those of what is allowed") {
  const auto hint_of = [](const char* name, RuleKind kind, const char* pointer) {
    std::vector<Rule> rules = rules_of(name);
    rules[0].kind = kind;
    rules[0].pointer = pointer;
    Diagnostics findings;
    warn_unlikely_names(rules, {}, findings);
    REQUIRE(findings.findings().size() == 1);
    return findings.findings()[0].hint;
  };
  for (const RuleKind kind : {RuleKind::kAllow, RuleKind::kDeny, RuleKind::kDenyRead}) {
    CHECK(hint_of("net.ipv4/ip_forward", kind, "") == "write net.ipv4.ip_forward");
    CHECK(hint_of("net.ipv4.conf.all/*", kind, "/limit/deny/0") == "write net.ipv4.conf.all.*");
    CHECK(hint_of("net.ipv4.conf.eth0.100.rp_fliter", kind, "") ==
          "write net.ipv4.conf.eth0/100.rp_filter, if that is meant");
  }
  CHECK(hint_of("net.ipv4.ip_forward.1", RuleKind::kDeny, "") == "write net.ipv4.ip_forward");
  // What gives the host away is denied, and never proposed to be granted.
  CHECK(hint_of("kernel.cor_pattern", RuleKind::kDeny, "/limit/deny/0") ==
        "write kernel.core_pattern, if that is meant");
  CHECK(hint_of("kernel.cor_pattern", RuleKind::kAllow, "/limit/host/0") ==
        "write kernel.core_pattern=/*, if that is meant");
  CHECK(hint_of("kernel.modprob", RuleKind::kAllow, "/limit/host/0") ==
        "the name is kernel.modprobe, if that is meant");
  CHECK(hint_of("kernel/usermodehelper.bset", RuleKind::kAllow, "/limit/host/0") ==
        "the name is kernel.usermodehelper.bset");
}

TEST_CASE("Unlikely names: a piece behind a comma goes on where its neighbour stood") {
  const auto hints = [](const std::string& list) {
    std::string out;
    for (const Finding& finding : findings_of(list)) {
      out += finding.hint + "; ";
    }
    return out;
  };
  CHECK(hints("net.ipv4.conf.all.rp_filter=1,log_martians=1") ==
        "write net.ipv4.conf.all.log_martians=1; ");
  CHECK(hints("kernel.sem=250 32000 32 128, shmmax=5") == "write kernel.shmmax=5; ");
  CHECK(hints("net.ipv4.conf.eth0,eth1.rp_filter") ==
        "write net.ipv4.conf.eth0.rp_filter; write net.ipv4.conf.eth1.rp_filter; ");
  // The values at the end are those of each, and no piece is proposed without them.
  CHECK(hints("net.ipv4.conf.eth0,eth1.rp_filter=0") ==
        "write net.ipv4.conf.eth0.rp_filter=0; write net.ipv4.conf.eth1.rp_filter=0; ");
  CHECK(hints("net.ipv4.conf.all,default.rp_filter=0|1") ==
        "write net.ipv4.conf.all.rp_filter=0|1; write net.ipv4.conf.default.rp_filter=0|1; ");
  CHECK(hints("net.ipv4.conf.eth0,net.ipv4.conf.eth1,net.ipv4.conf.eth2.rp_filter=0") ==
        "write net.ipv4.conf.eth0.rp_filter=0; write net.ipv4.conf.eth1.rp_filter=0; ");
  CHECK(hints("net.ipv4.conf.a,b,c.rp_filter=0") ==
        "write net.ipv4.conf.a.rp_filter=0; write net.ipv4.conf.b.rp_filter=0; "
        "write net.ipv4.conf.c.rp_filter=0; ");
  CHECK(hints("net.ipv4.conf.eth0, net.core.somaxconn=5") ==
        "write net.ipv4.conf.eth0.* for all that is below it; ");
}

TEST_CASE("Unlikely names: the name of an access is looked at too") {
  const std::optional<Advice> found = unlikely_access("net/ipv4/ip_foward", "", {});
  REQUIRE(found);
  CHECK(found->hint == "write net.ipv4.ip_forward, if that is meant");
  CHECK(unlikely_access("net/core", "", {})->hint == "name a sysctl below it");
  CHECK(unlikely_access("'net/ipv4/ip_forward'", "1", {})->hint == "write net.ipv4.ip_forward=1");
  CHECK(unlikely_access("\"net/ipv4/ip_forward", "1\"", {})->hint == "write net.ipv4.ip_forward=1");
  CHECK(unlikely_access("net/ipv4/IP_FORWARD", "1", {})->hint ==
        "write net.ipv4.ip_forward=1, if that is meant");
  CHECK(unlikely_access("net/ipv4/conf.all.rp_filter", "1", {})->hint ==
        "write net.ipv4.conf.all.rp_filter=1");
  CHECK_FALSE(unlikely_access("net/ipv4/conf/eth0/rp_filter", "", {}));
  CHECK_FALSE(unlikely_access("net/ipv4/ip_brand_new", "", {"net/ipv4/ip_brand_new"}));
  CHECK_FALSE(unlikely_access("net/mpls/x", "", {}));
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
  CHECK(empty("net.ipv4.neigh.default.gc_thresh*", {.net = true}) == 0);  // empty_grants.h
  CHECK(empty("net.core.rmem_max", {.net = true}) == 0);                  // empty_grants.h
  CHECK(empty("kernel.ostype", {}) == 1);
  CHECK(empty("kernel.hostname, kernel.no_such_name", {}) == 0);
}
