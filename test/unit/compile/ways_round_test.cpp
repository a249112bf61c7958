// SPDX-License-Identifier: Apache-2.0
// ways_round_test.cpp - a `deny` of one name warns where the other one is permitted, and nowhere
// else; rows of two names, followed through the automaton of a few patterns.
#include "compile/ways_round.h"

#include <algorithm>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "automaton/dfa.h"
#include "compile/build_nfa.h"
#include "compile/limits.h"
#include "policy/merge.h"
#include "policy/rule_list.h"
#include "support/catch.h"
#include "sysctl/aliases.h"

using namespace sg::policy;
using namespace sg::sysctl;
using namespace sg;
using compile::AliasWalk;
using compile::DeniesAndAllows;
using compile::warn_ways_round;
using compile::WayRound;

namespace {

std::vector<Rule> parse(const std::string& list, RuleKind kind) {
  Diagnostics findings;
  RuleBudget budget;
  std::vector<Rule> rules = parse_rule_list(list, kind, "here", Groups({}), budget, findings);
  CHECK(findings.findings().empty());
  return rules;
}

std::vector<Finding> findings_of(const std::string& deny, const std::string& allow) {
  Diagnostics findings;
  warn_ways_round({.denies = parse(deny, RuleKind::kDeny),
                   .allows = parse(allow, RuleKind::kAllow),
                   .permits = "allow permits"},
                  findings);
  CHECK_FALSE(findings.has_errors());
  return findings.findings();
}

NodePolicy node_policy(const std::string& members) {
  Diagnostics findings;
  NodePolicy node = parse_node_policy("{\"version\": 1" + members + "}", "policy.json",
                                      NamespaceSet{.net = true}, findings);
  REQUIRE(findings.findings().empty());
  return node;
}

// Of a container with these two annotations, under the node policy.
std::vector<Finding> findings_under(const NodePolicy& node, const std::string& allow,
                                    const std::string& deny) {
  Request request;
  request.lists = {.allow = parse(allow, RuleKind::kAllow),
                   .deny = parse(deny, RuleKind::kDeny),
                   .deny_read = {}};
  request.has_allow = true;
  Diagnostics findings;
  warn_ways_round(merge({}, node, std::move(request)), node, findings);
  return findings.findings();
}

// The pairs that are found, "RULE written changed" each.
std::vector<std::string> follow(const std::vector<std::string>& denies,
                                const std::vector<std::string>& allows, const std::string& written,
                                const std::string& changed) {
  policy::Policy policy;
  for (const std::string& pattern : denies) {
    policy.rules.push_back(policy::unwritten_rule(policy::RuleKind::kDeny, pattern));
  }
  for (const std::string& pattern : allows) {
    policy.rules.push_back(policy::unwritten_rule(policy::RuleKind::kAllow, pattern));
  }
  const auto made = automaton::determinize(compile::build_nfa(policy), compile::kBudget);
  REQUIRE(std::holds_alternative<automaton::Dfa>(made));
  std::vector<std::string> found;
  for (const WayRound& way :
       AliasWalk(std::get<automaton::Dfa>(made), denies.size()).follow(written, changed)) {
    found.push_back(std::to_string(way.rule) + " " + way.written + " " + way.changed);
  }
  return found;
}

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE("Ways round: one name of two is denied, and the other permitted") {
  struct Case {
    const char* why;
    std::string allow;
    std::string deny;
    std::string message;  // of the only finding; empty: none
  };
  const std::string same = ", another name of the same sysctl";
  const Case cases[] = {
      {"one name", "net.ipv4.conf.all.forwarding", "net.ipv4.ip_forward",
       "this denies net.ipv4.ip_forward, but allow permits net.ipv4.conf.all.forwarding" + same},
      {"the other name", "net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding",
       "this denies net.ipv4.conf.all.forwarding, but allow permits net.ipv4.ip_forward" + same},
      {"both are denied", "net.ipv4.*", "net.ipv4.ip_forward; net.ipv4.conf.*", ""},
      {"both are denied by one pattern", "net.*", "net.ipv4.*; net.ipv6.*", ""},
      {"the other is not permitted", "net.core.*", "net.ipv4.ip_forward", ""},
      {"the other is permitted with values", "net.ipv4.conf.all.forwarding=0",
       "net.ipv4.ip_forward",
       "this denies net.ipv4.ip_forward, but allow permits net.ipv4.conf.all.forwarding" + same},
      {"nothing is denied", "net.*", "", ""},
      {"nothing is permitted", "", "net.ipv4.ip_forward", ""},
      {"connection tracking", "net.netfilter.*", "net.nf_conntrack_max",
       "this denies net.nf_conntrack_max, but allow permits net.netfilter.nf_conntrack_max" + same},
      {"a neighbour table, by an interface", "net.ipv4.neigh.eth0.*",
       "net.ipv4.neigh.eth0.retrans_time",
       "this denies net.ipv4.neigh.eth0.retrans_time, but allow permits "
       "net.ipv4.neigh.eth0.retrans_time_ms" +
           same},
      {"the other way round", "net.ipv6.neigh.*.retrans_time", "net.ipv6.neigh.*.retrans_time_ms",
       "this denies net.ipv6.neigh.x.retrans_time_ms, but allow permits "
       "net.ipv6.neigh.x.retrans_time" +
           same},
      {"of different interfaces", "net.ipv4.neigh.eth1.*", "net.ipv4.neigh.eth0.*", ""},
      {"where two patterns meet", "net.ipv4.neigh.*b.retrans_time_ms",
       "net.ipv4.neigh.a*.retrans_time",
       "this denies net.ipv4.neigh.ab.retrans_time, but allow permits "
       "net.ipv4.neigh.ab.retrans_time_ms" +
           same},
      {"where they do not", "net.ipv4.neigh.b*.retrans_time_ms", "net.ipv4.neigh.a*.retrans_time",
       ""},
      {"reachable time", "net.ipv6.neigh.*.base_reachable_time_ms",
       "net.ipv6.neigh.*.base_reachable_time",
       "this denies net.ipv6.neigh.x.base_reachable_time, but allow permits "
       "net.ipv6.neigh.x.base_reachable_time_ms" +
           same},
      {"queue length", "net.ipv4.neigh.*.unres_qlen", "net.ipv4.neigh.*.unres_qlen_bytes",
       "this denies net.ipv4.neigh.x.unres_qlen_bytes, but allow permits "
       "net.ipv4.neigh.x.unres_qlen" +
           same},
      {"routes of IPv6", "net.ipv6.route.*", "net.ipv6.route.gc_min_interval_ms",
       "this denies net.ipv6.route.gc_min_interval_ms, but allow permits "
       "net.ipv6.route.gc_min_interval" +
           same},
      {"MPTCP", "net.mptcp.*", "net.mptcp.path_manager",
       "this denies net.mptcp.path_manager, but allow permits net.mptcp.pm_type" + same},
      {"what is changed too", "net.ipv4.ip_forward", "net.ipv4.conf.all.accept_redirects",
       "this denies net.ipv4.conf.all.accept_redirects, but allow permits net.ipv4.ip_forward, a "
       "write of "
       "which changes it too"},
      {"not the other way round", "net.ipv4.conf.all.accept_redirects", "net.ipv4.ip_forward", ""},
      {"memory", "vm.dirty_*", "vm.dirty_ratio",
       "this denies vm.dirty_ratio, but allow permits vm.dirty_bytes, a write of which changes it "
       "too"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<Finding> findings = findings_of(c.deny, c.allow);
    REQUIRE(findings.size() == (c.message.empty() ? 0 : 1));
    if (!c.message.empty()) {
      CHECK(findings[0].severity == Severity::kWarning);
      CHECK(findings[0].source == "here");
      CHECK(findings[0].message == c.message);
      CHECK(c.deny.starts_with(findings[0].text));
    }
  }
}

TEST_CASE("Ways round: an interface is reached by `all` and `default`") {
  struct Case {
    const char* why;
    std::string allow;
    std::string deny;
    std::string message;  // behind "this denies "; empty: none
    std::string hint;
  };
  const std::string reaches = ", and what is written there reaches it";
  const Case cases[] = {
      {"both", "net.ipv4.conf.*.rp_filter", "net.ipv4.conf.mgmt0.*",
       "net.ipv4.conf.mgmt0.rp_filter, but allow permits net.ipv4.conf.all.rp_filter and "
       "net.ipv4.conf.default.rp_filter" +
           reaches,
       "deny net.ipv4.conf.all.* and net.ipv4.conf.default.* too"},
      {"of IPv6, one leaf", "net.ipv6.conf.*", "net.ipv6.conf.mgmt0.disable_ipv6",
       "net.ipv6.conf.mgmt0.disable_ipv6, but allow permits net.ipv6.conf.all.disable_ipv6 and "
       "net.ipv6.conf.default.disable_ipv6" +
           reaches,
       "deny net.ipv6.conf.all.disable_ipv6 and net.ipv6.conf.default.disable_ipv6 too"},
      {"a pattern of interfaces", "net.ipv4.conf.default.rp_filter",
       "net.ipv4.conf.mgmt*.rp_filter",
       "net.ipv4.conf.mgmt.rp_filter, but allow permits net.ipv4.conf.default.rp_filter" + reaches,
       "deny net.ipv4.conf.default.rp_filter too"},
      {"a pattern that ends in the interface", "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.mgmt*",
       "net.ipv4.conf.mgmt.rp_filter, but allow permits net.ipv4.conf.all.rp_filter" + reaches,
       "deny net.ipv4.conf.all.* too"},
      {"a neighbour table has no `all`",
       "net.ipv4.neigh.default.gc_stale_time; net.ipv4.neigh.all.gc_stale_time",
       "net.ipv4.neigh.mgmt0.*",
       "net.ipv4.neigh.mgmt0.gc_stale_time, but allow permits "
       "net.ipv4.neigh.default.gc_stale_time" +
           reaches,
       "deny net.ipv4.neigh.default.* too"},
      {"the other name of forwarding", "net.ipv4.ip_forward", "net.ipv4.conf.mgmt0.*",
       "net.ipv4.conf.mgmt0.forwarding, but allow permits net.ipv4.ip_forward" + reaches,
       "deny net.ipv4.ip_forward too"},
      {"another leaf", "net.ipv4.conf.all.log_martians", "net.ipv4.conf.mgmt0.rp_filter", "", ""},
      {"another family", "net.ipv6.conf.all.*", "net.ipv4.conf.mgmt0.*", "", ""},
      {"these two are denied as well", "net.ipv4.conf.*.rp_filter",
       "net.ipv4.conf.mgmt0.*; net.ipv4.conf.all.*; net.ipv4.conf.default.*", "", ""},
      {"every interface is denied, and so are these two", "net.ipv4.conf.*",
       "net.ipv4.conf.*.rp_filter", "", ""},
      {"they are not permitted", "net.ipv4.conf.eth0.*", "net.ipv4.conf.mgmt0.*", "", ""},
      {"a pattern that cannot match them", "net.ipv4.conf.wg*.rp_filter", "net.ipv4.conf.wg0.*", "",
       ""},
      {"`default` is no interface", "net.ipv4.conf.all.rp_filter",
       "net.ipv4.conf.default.rp_filter", "", ""},
      {"one letter makes it one", "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.default0.rp_filter",
       "net.ipv4.conf.default0.rp_filter, but allow permits net.ipv4.conf.all.rp_filter" + reaches,
       "deny net.ipv4.conf.all.rp_filter too"},
      {"a VLAN interface", "net.ipv4.conf.all.rp_filter", "net/ipv4/conf/eth0.100/rp_filter",
       "net.ipv4.conf.eth0/100.rp_filter, but allow permits net.ipv4.conf.all.rp_filter" + reaches,
       "deny net.ipv4.conf.all.rp_filter too"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<Finding> findings = findings_of(c.deny, c.allow);
    REQUIRE(findings.size() == (c.message.empty() ? 0 : 1));
    if (!c.message.empty()) {
      CHECK(findings[0].message == "this denies " + c.message);
      CHECK(findings[0].hint == c.hint);
    }
  }
}

TEST_CASE("Ways round: each denial has its own warning, and one for all interfaces") {
  const std::vector<Finding> findings =
      findings_of("net.ipv4.conf.a.rp_filter; net.ipv4.conf.b.*; net.core.*", "net.ipv4.*");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].text == "net.ipv4.conf.a.rp_filter");
  CHECK(findings[1].text == "net.ipv4.conf.b.*");
  CHECK(findings[1].offset == 27);
}

namespace {

// The rows, name by name, over a few interfaces and leaves.
std::set<std::size_t> denials_by_names(const DeniesAndAllows& rules) {
  const std::vector<std::string> interfaces = {"all", "default", "a",  "d",  "m",  "x",
                                               "mx",  "xm",      "mm", "xx", "mxm"};
  const std::vector<std::string> leaves = {
      "a", "b", "forwarding", "retrans_time", "retrans_time_ms", "unres_qlen", "unres_qlen_bytes"};
  const auto fill = [](std::string_view pattern, const std::string& interface,
                       const std::string& leaf) {
    std::string name(pattern);
    for (std::size_t at = name.find_first_of("%@"); at != std::string::npos;
         at = name.find_first_of("%@")) {
      name.replace(at, 1, name[at] == '%' ? interface : leaf);
    }
    return name;
  };
  const auto first_deny = [&rules](const std::string& name) {
    const auto found =
        std::ranges::find_if(rules.denies, [&](const Rule& rule) { return covers(rule, name); });
    return static_cast<std::size_t>(found - rules.denies.begin());
  };
  std::set<std::size_t> found;
  for (const Alias& alias : aliases()) {
    for (int way = 0; way < (alias.reach == Reach::kSame ? 2 : 1); ++way) {
      const std::string_view from = way == 0 ? alias.written : alias.changed;
      const std::string_view to = way == 0 ? alias.changed : alias.written;
      const bool is_shared = from.find('%') != std::string_view::npos;
      for (const std::string& interface : interfaces) {
        if (!is_shared && (interface == "all" || interface == "default")) {
          continue;
        }
        for (const std::string& leaf : leaves) {
          const std::string written = fill(from, interface, leaf);
          const std::size_t denies = first_deny(fill(to, interface, leaf));
          const bool permitted = first_deny(written) == rules.denies.size() &&
                                 std::ranges::any_of(rules.allows, [&](const Rule& rule) {
                                   return covers(rule, written);
                                 });
          if (permitted && denies < rules.denies.size()) {
            found.insert(denies);
          }
        }
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("Ways round: what the automaton finds is what going through the names finds") {
  const std::vector<std::string> patterns = {
      "net.ipv4.conf.*.a",
      "net.ipv4.conf.m*.a",
      "net.ipv4.conf.*m.*",
      "net.ipv4.conf.all.a",
      "net.ipv4.conf.default.*",
      "net.ipv4.conf.d*.a",
      "net.ipv4.conf.a*.b",
      "net.ipv4.conf.m.forwarding",
      "net.ipv4.conf.all.*",
      "net.ipv4.ip_forward",
      "net.ipv4.neigh.*.retrans_time",
      "net.ipv4.neigh.m*.retrans_time_ms",
      "net.ipv4.neigh.x.*",
      "net.ipv4.neigh.default.*",
      "net.ipv4.neigh.*x.unres_qlen*",
      "net.ipv4.*",
      "net.ipv4.conf.mxm*",
      "net.*.conf.m.a",
  };
  std::size_t warned = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    for (std::size_t j = 0; j < patterns.size(); ++j) {
      for (std::size_t k = 0; k < patterns.size(); k += 3) {
        INFO("deny " << patterns[i] << "; " << patterns[k] << ", allow " << patterns[j]);
        const DeniesAndAllows rules{
            .denies = parse(patterns[i] + ";" + patterns[k], RuleKind::kDeny),
            .allows = parse(patterns[j], RuleKind::kAllow),
            .permits = "allow permits"};
        Diagnostics findings;
        warn_ways_round(rules, findings);
        std::set<std::size_t> found;
        for (const Finding& finding : findings.findings()) {
          found.insert(finding.offset == 0 ? 0 : 1);
        }
        CHECK(found == denials_by_names(rules));
        warned += found.size();
      }
    }
  }
  CHECK(warned > 100);
}

TEST_CASE(
    "Ways round: denials of the limit count, against the container and against the limit itself") {
  const NodePolicy node = node_policy(R"(, "limit": {"deny": ["net.ipv4.ip_forward"]})");
  const std::vector<Finding> asked = findings_under(node, "net.ipv4.conf.*.forwarding", "");
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].pointer == "/limit/deny/0");
  CHECK(asked[0].message ==
        "this denies net.ipv4.ip_forward, but allow permits net.ipv4.conf.all.forwarding, another "
        "name of "
        "the same sysctl");
  NodePolicy others = node_policy(
      R"(, "limit": {"allow": ["net.ipv4.conf.all.forwarding"], "deny": ["net.ipv4.ip_forward"]})");
  const std::vector<Finding> limit = findings_under(others, "", "");
  REQUIRE(limit.size() == 1);
  CHECK(limit[0].message.find("but the limit permits net.ipv4.conf.all.forwarding") !=
        std::string::npos);
  others.limit.deny = parse("net.ipv4.ip_forward; net.ipv4.conf.all.*", RuleKind::kDeny);
  CHECK(findings_under(others, "", "").empty());
}

TEST_CASE(
    "Ways round: profiles and the default are looked at, whether the container has them or not") {
  const NodePolicy node = node_policy(R"(,
    "limit": {"allow": ["net.core.*"]},
    "default": {"allow": ["net.core.somaxconn"], "deny": ["net.nf_conntrack_max"]},
    "profiles": {"router": {"allow": ["net.ipv4.conf.*.rp_filter"],
                            "deny": ["net.ipv4.conf.mgmt*"]},
                 "safe": {"allow": ["net.ipv4.conf.wg*.rp_filter"],
                          "deny": ["net.ipv4.conf.mgmt*"]}})");
  const std::vector<Finding> findings = findings_under(node, "", "");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].pointer == "/profiles/router/deny/0");
  CHECK(findings[0].message.find("but profile router permits net.ipv4.conf.all.rp_filter") !=
        std::string::npos);
  const std::vector<Finding> floor = findings_under(node, "net.netfilter.*", "");
  REQUIRE(floor.size() == 2);
  CHECK(floor[0].pointer == "/default/deny/0");
}

TEST_CASE("Ways round: a read that is denied under one of two names") {
  NodePolicy node = node_policy(
      R"(, "profiles": {"p": {"denyRead": ["net.nf_conntrack_max"]}},
          "default": {"denyRead": ["net.core.*"]})");
  Request request;
  request.lists.deny_read =
      parse("net.ipv4.neigh.eth0.retrans_time; net.ipv4.conf.mgmt0.*", RuleKind::kDenyRead);
  for (Rule& rule : request.lists.deny_read) {
    rule.source = "annotation io.sysctl-guard.deny-read/vpn";
  }
  Diagnostics findings;
  warn_ways_round(merge({}, node, request), node, findings);
  REQUIRE(findings.findings().size() == 2);
  CHECK(findings.findings()[0].message ==
        "this denies reads of net.ipv4.neigh.eth0.retrans_time, but nothing denies reads of "
        "net.ipv4.neigh.eth0.retrans_time_ms, another name of the same sysctl");
  CHECK(findings.findings()[0].hint ==
        "add net.ipv4.neigh.eth0.retrans_time_ms to io.sysctl-guard.deny-read/vpn too");
  CHECK(findings.findings()[1].pointer == "/profiles/p/denyRead/0");
  CHECK(findings.findings()[1].hint ==
        "add net.netfilter.nf_conntrack_max to this \"denyRead\" too");
  request.lists.deny_read =
      parse("net.ipv4.neigh.eth0.*; net.ipv4.conf.mgmt0.*", RuleKind::kDenyRead);
  Diagnostics both;
  node.profiles.clear();
  warn_ways_round(merge({}, node, request), node, both);
  CHECK(both.findings().empty());
}

TEST_CASE("Ways round: of many denials the first are shown") {
  const auto many = [](std::size_t count) {
    std::string deny = "net.ipv4.conf.e0.rp_filter";
    for (std::size_t i = 1; i < count; ++i) {
      deny += ";net.ipv4.conf.e" + std::to_string(i) + ".rp_filter";
    }
    return findings_of(deny, "net.ipv4.conf.all.*");
  };
  for (const std::size_t count : {compile::kWaysShown, compile::kWaysShown + 1}) {
    const std::vector<Finding> findings = many(count);
    CHECK(findings.size() == count);  // another line would say no more than the last one itself
    CHECK(findings.back().hint == "deny net.ipv4.conf.all.rp_filter too");
  }
  const std::vector<Finding> findings = many(700);
  REQUIRE(findings.size() == compile::kWaysShown + 1);
  CHECK(findings.back().message == "others can be gone round too, from this one on");
  CHECK(findings.back().text == "net.ipv4.conf.e10.rp_filter");
}

TEST_CASE("Ways round: many patterns that meet are done within the bounds") {
  std::string deny = "net.x";
  std::string allow = "net.x";
  for (int i = 0; i < 700; ++i) {
    const std::string number = std::to_string(i);
    deny += ";net.ipv4.conf.e" + number + "*.v" + number;
    allow += ";net.ipv4.conf.*" + number + ".w" + number + "=0..1";
  }
  CHECK(findings_of(deny, allow).empty());
}

TEST_CASE("Alias walk: names without gaps") {
  CHECK(follow({"a/b"}, {"c"}, "c", "a/b") == Found{"1 c a/b"});
  CHECK(follow({"a/b"}, {"c"}, "a/b", "c").empty());
  CHECK(follow({"a/b", "c"}, {"c"}, "c", "a/b").empty());
  CHECK(follow({"a/*"}, {"*"}, "c", "a/b") == Found{"1 c a/b"});
  CHECK(follow({"a/b"}, {"d"}, "c", "a/b").empty());
  CHECK(follow({"x", "a/b", "a/*"}, {"c"}, "c", "a/b") == Found{"2 c a/b"});
}

TEST_CASE("Alias walk: a gap in both is the same component") {
  CHECK(follow({"n/e1/s"}, {"n/e1/ms"}, "n/%/ms", "n/%/s") == Found{"1 n/e1/ms n/e1/s"});
  CHECK(follow({"n/e1/s"}, {"n/e2/ms"}, "n/%/ms", "n/%/s").empty());
  CHECK(follow({"n/*b/s"}, {"n/a*/ms"}, "n/%/ms", "n/%/s") == Found{"1 n/ab/ms n/ab/s"});
  CHECK(follow({"n/all/s"}, {"n/all/ms"}, "n/%/ms", "n/%/s") == Found{"1 n/all/ms n/all/s"});
  CHECK(follow({"n/e1/s", "n/e2/*"}, {"n/*/ms"}, "n/%/ms", "n/%/s") == Found{"1 n/e1/ms n/e1/s"});
}

TEST_CASE("Alias walk: a gap in the changed name alone is any interface, and no template") {
  CHECK(follow({"n/e1/a"}, {"n/all/a"}, "n/all/@", "n/%/@") == Found{"1 n/all/a n/e1/a"});
  CHECK(follow({"n/all/a"}, {"n/default/a"}, "n/default/@", "n/%/@").empty());
  CHECK(follow({"n/default/a"}, {"n/all/a"}, "n/all/@", "n/%/@").empty());
  CHECK(follow({"n/def*/a"}, {"n/all/a"}, "n/all/@", "n/%/@") == Found{"1 n/all/a n/def/a"});
  CHECK(follow({"n/alll/a"}, {"n/all/a"}, "n/all/@", "n/%/@") == Found{"1 n/all/a n/alll/a"});
  CHECK(follow({"n/e1/a"}, {"n/all/b"}, "n/all/@", "n/%/@").empty());
  CHECK(follow({"n/e1/f", "n/e2/f"}, {"f"}, "f", "n/%/f") == Found{"1 f n/e1/f", "2 f n/e2/f"});
  CHECK(follow({"n/e1/a/b"}, {"n/all/*"}, "n/all/@", "n/%/@").empty());  // one component
}
