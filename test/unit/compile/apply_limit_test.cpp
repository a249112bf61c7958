// SPDX-License-Identifier: Apache-2.0
// apply_limit_test.cpp - policies and limits by chance: refused exactly where they must be, cut and
// audited exactly as the reference has it; for each reason what is said and what to do.
#include "compile/apply_limit.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "automaton/set_algebra.h"
#include "compile/compile_limit.h"
#include "compile/compile_policy.h"
#include "compile/decide.h"
#include "compile/limits.h"
#include "compile/shortest_access.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "policy/rule_list.h"
#include "support/catch.h"
#include "support/random_policy.h"
#include "support/reference_match.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using automaton::Dfa;
using policy::Audit;
using policy::OnExcess;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::Verdict;

namespace {

// As merge() makes them: rules in the order of their kinds, and what audit and cutting need.
Policy random_limited(test::Random& random, Audit audit, OnExcess on_excess) {
  Policy policy = test::random_policy(random);
  for (Rule& rule : policy.rules) {
    if (random.one_in(2) && rule.kind != RuleKind::kPair) {
      rule.pattern.insert(0, "net/");
    }
    rule.floor = random.one_in(2);
  }
  std::vector<Rule> writes;
  std::vector<Rule> reads;
  for (Rule& rule : policy.rules) {
    const bool is_write = rule.kind == RuleKind::kPair || rule.kind == RuleKind::kDeny ||
                          rule.kind == RuleKind::kAllow;
    (is_write ? writes : reads).push_back(std::move(rule));
  }
  if (audit != Audit::kOff) {
    writes.push_back(policy::unwritten_rule(RuleKind::kUnmatched, "*"));
  }
  if (on_excess != OnExcess::kRefuse) {
    writes.push_back(policy::unwritten_rule(RuleKind::kBeyondLimit, ""));
  }
  writes.insert(writes.end(), reads.begin(), reads.end());
  policy.rules = std::move(writes);
  policy.audit = audit;
  policy.on_excess = on_excess;
  policy.limit = test::random_limit(random);
  // Half of the limits are made of the rules themselves, or hardly any policy would be within one.
  for (const Rule& rule : policy.rules) {
    if (rule.kind == RuleKind::kAllow && random.one_in(2)) {
      policy.limit->host.push_back(rule);
    }
  }
  return policy;
}

bool fits(const test::OwnedAccess& access) { return access.name.size() <= sysctl::kNameMax; }

constexpr const char* kNode = R"({
  "version": 1,
  "limit": {
    "allow": ["net.ipv4.*", "net.core.somaxconn=0..100", "@ipc", "@uts"],
    "host": ["vm.max_map_count=262144..1048576", "kernel.domainname=a", "kernel.domainname=c"],
    "deny": ["net.ipv4.tcp_*"]%s
  },
  "profiles": {"p": {"allow": ["fs.ab*"]}}
})";

std::vector<Finding> findings_for(const std::map<std::string, std::string>& annotations,
                                  const std::string& more = "",
                                  const sysctl::NamespaceSet& own = {.net = true, .ipc = true}) {
  std::string text = kNode;
  text.replace(text.find("%s"), 2, more);
  Diagnostics findings;
  const policy::NodePolicy node = policy::parse_node_policy(text, "/etc/p.json", own, findings);
  policy::Request request = policy::parse_annotations(annotations, node, "", findings);
  REQUIRE(findings.findings().empty());
  (void)compile::compile_policy(policy::merge({}, node, std::move(request)), findings);
  findings.locate("node policy /etc/p.json", text);
  return findings.findings();
}

}  // namespace

TEST_CASE(
    "Limit applied: refused with a write that is asked for and refused by the limit, or truly "
    "within") {
  constexpr std::uint64_t kSeed = 51;
  test::Random random(kSeed);
  std::size_t refused = 0;
  std::size_t within = 0;
  for (int round = 0; round < 1500; ++round) {
    const Policy policy = random_limited(random, Audit::kOff, OnExcess::kRefuse);
    INFO("seed " << kSeed << ", round " << round << "\n" << test::show(policy));
    Diagnostics findings;
    const auto table = compile::compile_policy(policy, findings);
    REQUIRE(table.has_value() == !findings.has_errors());
    if (!table) {
      ++refused;
      // The write that is shown, made again from its parts.
      Policy unlimited = policy;
      unlimited.limit.reset();
      Diagnostics none;
      const auto asked = compile::compile_policy(unlimited, none);
      const std::optional<Dfa> limit = compile::compile_limit(*policy.limit, none);
      std::optional<Dfa> dfa = compile::compile_automaton(policy, none);
      REQUIRE((asked && limit && dfa));
      for (automaton::RuleNumber& number : dfa->rule_of) {
        number = number != 0 && policy.rules[number - 1].kind == RuleKind::kAllow ? number : 0;
      }
      const auto excess = automaton::difference(*dfa, *limit, compile::kProductBudget);
      const auto access = compile::shortest_access(*excess);
      REQUIRE(access.has_value());
      const compile::Access shown{true, access->name, access->value, !access->is_unseen,
                                  access->current};
      REQUIRE(compile::decide(*asked, shown).verdict == Verdict::kAllow);
      REQUIRE(compile::decide(*asked, shown).rule == access->rule);
      REQUIRE_FALSE(test::reference_permits(*policy.limit, shown));
      REQUIRE(findings.findings()[0].message.find(compile::describe(*access)) != std::string::npos);
      continue;
    }
    ++within;
    for (int i = 0; i < 40; ++i) {
      const test::OwnedAccess access = test::random_access(random, policy);
      const compile::Decision found = compile::decide(*table, access.view());
      if (!fits(access) || !access.write || found.verdict != Verdict::kAllow ||
          policy.rules[found.rule - 1].kind == RuleKind::kPair) {
        continue;
      }
      INFO(test::show(access));
      REQUIRE(test::reference_permits(*policy.limit, access.view()));
    }
  }
  CHECK(refused > 300);
  CHECK(within > 300);
}

TEST_CASE("Limit applied: cut and audited as the reference has it") {
  constexpr std::uint64_t kSeed = 52;
  test::Random random(kSeed);
  std::map<policy::Verdict, std::size_t> by_verdict;
  std::size_t beyond = 0;
  for (int round = 0; round < 1500; ++round) {
    const Audit audit = static_cast<Audit>(random.below(3));
    const Policy policy =
        random_limited(random, audit, random.one_in(2) ? OnExcess::kClip : OnExcess::kTrim);
    Diagnostics findings;
    const auto table = compile::compile_policy(policy, findings);
    REQUIRE(table.has_value());
    REQUIRE_FALSE(findings.has_errors());
    for (int i = 0; i < 40; ++i) {
      const test::OwnedAccess access = test::random_access(random, policy);
      if (!fits(access)) {
        continue;
      }
      const compile::Decision expected = test::reference_decide_within(policy, access.view());
      const compile::Decision found = compile::decide(*table, access.view());
      if (found.verdict != expected.verdict || found.rule != expected.rule) {
        INFO("seed " << kSeed << ", round " << round << ", audit " << static_cast<int>(audit)
                     << "\n"
                     << test::show(policy) << test::show(access));
        CHECK(static_cast<int>(found.verdict) == static_cast<int>(expected.verdict));
        REQUIRE(found.rule == expected.rule);
      }
      ++by_verdict[found.verdict];
      beyond +=
          found.rule != 0 && policy.rules[found.rule - 1].kind == RuleKind::kBeyondLimit ? 1 : 0;
    }
  }
  for (const policy::VerdictRow& row : policy::kVerdicts) {
    CHECK(by_verdict[row.verdict] > 2000);
  }
  CHECK(beyond > 500);
}

namespace {

// Of some values with and without conditions those whose bit is set.
std::vector<policy::Value> values_of(unsigned bits) {
  const auto numbers = [](std::uint64_t low, std::uint64_t high, policy::Current current) {
    return policy::NumericValue{{{.any = false, .low = {false, low}, .high = {false, high}}},
                                current};
  };
  const std::vector<policy::Value> all = {
      numbers(1, 5, policy::Current::kAny), numbers(0, 9, policy::Current::kSame),
      numbers(0, 7, policy::Current::kSameOrAbove), numbers(3, 9, policy::Current::kSameOrAbove),
      numbers(8, 8, policy::Current::kAny)};
  std::vector<policy::Value> some;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((bits >> i & 1) != 0) {
      some.push_back(all[i]);
    }
  }
  return some;
}

// Every value of up to two digits beside every current one, and one that is not known.
std::vector<test::OwnedAccess> small_writes() {
  std::vector<test::OwnedAccess> writes;
  for (int value = 0; value <= 11; ++value) {
    test::OwnedAccess write{.write = true, .name = "a", .value = std::to_string(value)};
    writes.push_back(write);
    for (int current = -1; current <= 12; ++current) {
      write.current = std::to_string(current) + "\n";
      writes.push_back(write);
    }
  }
  return writes;
}

}  // namespace

TEST_CASE("Limit applied: all sets of a few values with conditions against all, on small numbers") {
  const std::vector<test::OwnedAccess> writes = small_writes();
  std::size_t within = 0;
  for (unsigned asked = 1; asked < 32; ++asked) {
    for (unsigned permitted = 1; permitted < 32; ++permitted) {
      INFO("asked " << asked << ", permitted " << permitted);
      Policy policy;
      policy.rules.push_back(policy::unwritten_rule(RuleKind::kAllow, "a"));
      policy.rules[0].values = values_of(asked);
      policy.rules.push_back(policy::unwritten_rule(RuleKind::kBeyondLimit, ""));
      policy.limit.emplace();
      policy.limit->host.push_back(policy::unwritten_rule(RuleKind::kAllow, "a"));
      policy.limit->host[0].values = values_of(permitted);
      const bool is_beyond = std::ranges::any_of(writes, [&](const test::OwnedAccess& write) {
        return test::reference_decide(policy, write.view()).verdict == Verdict::kAllow &&
               !test::reference_permits(*policy.limit, write.view());
      });
      Diagnostics refused;
      REQUIRE(compile::compile_policy(policy, refused).has_value() == !is_beyond);
      within += is_beyond ? 0 : 1;
      policy.on_excess = OnExcess::kClip;
      Diagnostics cut;
      const auto table = compile::compile_policy(policy, cut);
      REQUIRE(table.has_value());
      const bool is_same = std::ranges::all_of(writes, [&](const test::OwnedAccess& write) {
        const compile::Decision expected = test::reference_decide_within(policy, write.view());
        const compile::Decision found = compile::decide(*table, write.view());
        return found.verdict == expected.verdict && found.rule == expected.rule;
      });
      REQUIRE(is_same);
    }
  }
  CHECK(within > 200);
}

TEST_CASE("Limit applied: what is beyond it is said with what the sysctl holds") {
  Policy policy;
  policy.rules.push_back(policy::unwritten_rule(RuleKind::kAllow, "vm/a"));
  policy.limit.emplace();
  policy.limit->host.push_back(policy::unwritten_rule(RuleKind::kAllow, "vm/a"));
  policy.limit->host[0].values = values_of(4);  // @current..7
  const auto message_for = [&](unsigned asked) {
    policy.rules[0].values = values_of(asked);
    Diagnostics findings;
    CHECK_FALSE(compile::compile_policy(policy, findings));
    const std::string message = findings.findings().at(0).message;
    return message.substr(0, message.find(','));
  };
  CHECK(message_for(1) == "permits vm.a=1 where the sysctl holds 2");
  CHECK(message_for(16) == "permits vm.a=8");
  CHECK(message_for(8) == "permits vm.a=8 where the sysctl holds 8");
}

TEST_CASE("Limit applied: beyond a condition, what lowers no number is proposed") {
  struct Case {
    const char* asked;
    const char* limit;
    const char* hint;
  };
  const Case cases[] = {
      {"vm.max_map_count=262144", "vm.max_map_count=@current..",
       "ask for vm.max_map_count=@current..262144, which lowers no number, or widen it"},
      {"vm.max_map_count=65530..1048576", "vm.*=@current..262144", "=@current..262144, which"},
      {"vm.max_map_count", "vm.max_map_count=@current..", "=@current.., which"},
      {"vm.*=7", "vm.max_map_count=@current..", "narrow the rule"},
      {"vm.max_map_count=-1", "vm.max_map_count=@current..", "ask for values within that, or"},
      {"vm.max_map_count=0", "vm.max_map_count=@current..9", "ask for values within that, or"},
      {"vm.max_map_count=5", "vm.max_map_count=@current", "ask for values within that, or"},
      {"vm.max_map_count=5", "vm.max_map_count=6..", "ask for values within that, or"},
  };
  for (const Case& c : cases) {
    INFO(c.asked << " under " << c.limit);
    const auto rules_of = [](const char* text) {
      Diagnostics findings;
      policy::RuleBudget budget;
      return policy::parse_rule_list(text, RuleKind::kAllow, "here", policy::Groups({}), budget,
                                     findings);
    };
    Policy policy;
    policy.rules = rules_of(c.asked);
    policy.limit.emplace();
    policy.limit->host = rules_of(c.limit);
    Diagnostics findings;
    CHECK_FALSE(compile::compile_policy(policy, findings));
    CHECK_THAT(findings.findings().at(0).hint, Catch::Contains(c.hint));
  }
}

TEST_CASE("Limit applied: a thousand rules against a hundred") {
  Policy policy;
  policy::Limit limit;
  limit.private_namespaces = {.net = true};
  for (int i = 0; i < 1000; ++i) {
    Rule rule = policy::unwritten_rule(
        RuleKind::kAllow,
        "net/test" + std::to_string(i) + "/k" + std::to_string(i % 7) + "/*/v" + std::to_string(i));
    rule.values.emplace_back(policy::NumericValue{
        {{.any = false, .low = {}, .high = {false, static_cast<std::uint64_t>(i)}}}});
    policy.rules.push_back(std::move(rule));
  }
  for (int i = 0; i < 100; ++i) {
    Rule rule =
        policy::unwritten_rule(RuleKind::kAllow, i < 10 ? "net/test" + std::to_string(i) + "/*"
                                                        : "net/test" + std::to_string(i) + "*");
    rule.values.emplace_back(
        policy::NumericValue{{{.any = false, .low = {}, .high = {false, 1000}}}});
    limit.allow.push_back(std::move(rule));
  }
  policy.limit = limit;
  Diagnostics findings;
  CHECK(compile::compile_policy(policy, findings).has_value());
  CHECK(findings.findings().empty());
  policy.limit->allow.back().values.clear();
  policy.limit->allow.back().values.emplace_back(
      policy::NumericValue{{{.any = false, .low = {}, .high = {false, 500}}}});
  CHECK_FALSE(compile::compile_policy(policy, findings).has_value());
  CHECK(findings.findings().size() == 10);
}

namespace {

// `allow` net.* against a limit of 1,000 rules, each for one name. Of the long names the product
// has too many states, of the others only the table is too large.
Policy everything_against_a_thousand(OnExcess on_excess, const std::string& directory) {
  policy::NodePolicy node = policy::default_node_policy("/etc/p.json", {.net = true});
  node.on_excess = on_excess;
  node.limit.allow.clear();
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Rule rule = policy::unwritten_rule(
        RuleKind::kAllow, directory + std::to_string(i) + "/leaf_" + std::to_string(i));
    rule.text = sysctl::to_dot_form(rule.pattern);
    rule.pointer = "/limit/allow/" + std::to_string(i);
    rule.values.emplace_back(
        policy::NumericValue{{{.any = false, .low = {}, .high = {false, 977 * i + 13}}}});
    node.limit.allow.push_back(std::move(rule));
  }
  Diagnostics findings;
  policy::Request request =
      policy::parse_annotations({{"io.sysctl-guard.allow", "net.*"}}, node, "", findings);
  REQUIRE(findings.findings().empty());
  return policy::merge({}, node, std::move(request));
}

}  // namespace

TEST_CASE(
    "Limit applied: what asks for everything is refused for what it asks, however long the limit") {
  Diagnostics findings;
  const Policy policy = everything_against_a_thousand(OnExcess::kRefuse, "net/ipv4/conf/e");
  CHECK_FALSE(compile::compile_policy(policy, findings));
  REQUIRE(findings.findings().size() == 1);
  const Finding& finding = findings.findings()[0];
  CHECK(finding.code == Errc::kBeyondLimit);
  CHECK(finding.source == "annotation io.sysctl-guard.allow");
  CHECK(finding.text == "net.*");
  CHECK(finding.message ==
        "permits net.a=0, which is beyond the node's limit: no rule of limit.allow covers it");
  CHECK(finding.hint.find("limit.allow of /etc/p.json") != std::string::npos);
}

TEST_CASE("Limit applied: what cannot be cut to a long limit is refused for what it asks") {
  for (const char* directory : {"net/ipv4/conf/e", "net/n"}) {
    INFO(directory);
    Diagnostics findings;
    const Policy policy = everything_against_a_thousand(OnExcess::kClip, directory);
    CHECK_FALSE(compile::compile_policy(policy, findings));
    REQUIRE_FALSE(findings.findings().empty());
    const Finding& finding = findings.findings().back();
    CHECK(finding.severity == Severity::kError);
    CHECK(finding.code == Errc::kBeyondLimit);
    CHECK(finding.source == "annotation io.sysctl-guard.allow");
    CHECK(finding.message ==
          "permits net.a=0, which is beyond the node's limit, and what is left of it within the "
          "1000 rules of the limit needs too large a table");
    CHECK(finding.hint.starts_with("name what the container needs, or put \"*\""));
  }
}

TEST_CASE("Excess: the write, the reason, and what to change") {
  struct Case {
    const char* why;
    std::string allow;
    std::string message;  // of the only finding; empty: none
    std::string hint;     // part of it
  };
  const Case cases[] = {
      {"within",
       "net.ipv4.ip_forward, kernel.shm*, vm.max_map_count=262144..1048576, "
       "net.core.somaxconn=5..100",
       "", ""},
      {"the host's", "kernel.core_pattern",
       "permits kernel.core_pattern=0, which is beyond the node's limit: it is host-wide, not "
       "namespaced",
       "limit.host of /etc/p.json"},
      {"the host's, though its name says net", "net.netfilter.nf_hooks_lwtunnel=1",
       "permits net.netfilter.nf_hooks_lwtunnel=1, which is beyond the node's limit: it is "
       "host-wide, not namespaced",
       "limit.host of /etc/p.json"},
      {"a shared namespace", "kernel.hostname=x",
       "permits kernel.hostname=x, which is beyond the node's limit: it belongs to the UTS "
       "namespace, which "
       "the container shares with the host",
       "UTS namespace of its own"},
      {"a deny of the node", "net.ipv4.tcp_rmem=1",
       "permits net.ipv4.tcp_rmem=1, which is beyond the node's limit: 'net.ipv4.tcp_*' of "
       "limit.deny covers "
       "it",
       "limit.deny of /etc/p.json"},
      {"a value out of range", "vm.max_map_count=262143..1048576",
       "permits vm.max_map_count=262143, which is beyond the node's limit: the value is out of "
       "range, the "
       "limit permits 'vm.max_map_count=262144..1048576'",
       "widen it in /etc/p.json"},
      {"any value where a range is permitted", "net.core.somaxconn",
       "permits net.core.somaxconn=a, which is beyond the node's limit: the value is out of range, "
       "the limit "
       "permits 'net.core.somaxconn=0..100'",
       ""},
      {"out of several ranges", "kernel.domainname=b",
       "permits kernel.domainname=b, which is beyond the node's limit: the value is out of range, "
       "the limit "
       "permits 'kernel.domainname=a' and 1 more",
       ""},
      {"not in the list", "net.core.rmem_max=1",
       "permits net.core.rmem_max=1, which is beyond the node's limit: no rule of limit.allow "
       "covers it",
       "limit.allow of /etc/p.json"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<Finding> findings = findings_for({{"io.sysctl-guard.allow", c.allow}});
    REQUIRE(findings.size() == (c.message.empty() ? 0 : 1));
    if (!findings.empty()) {
      CHECK(findings[0].severity == Severity::kError);
      CHECK(findings[0].code == Errc::kBeyondLimit);
      CHECK(findings[0].source == "annotation io.sysctl-guard.allow");
      CHECK(findings[0].text == c.allow);
      CHECK(findings[0].message == c.message);
      CHECK(findings[0].hint.find(c.hint) != std::string::npos);
    }
  }
}

TEST_CASE("Excess: what no namespace of its own can write is the host's in a shared one") {
  const std::pair<const char*, const char*> cases[] = {
      {"net.core.default_qdisc=fq", " does not have it"},
      {"net.ipv4.neigh.default.locktime=1", " does not have it"},
      {"net.core.rmem_max=1", " can only read it"},
  };
  for (const auto& [rule, why] : cases) {
    INFO(rule);
    const std::vector<Finding> findings =
        findings_for({{"io.sysctl-guard.allow", rule}}, "", {.ipc = true});
    REQUIRE(findings.size() == 1);
    CHECK(
        findings[0].message ==
        "permits " + std::string(rule) +
            ", which is beyond the node's limit: it is the host's, and a network namespace of its "
            "own" +
            why);
    CHECK(findings[0].hint == "set it on the host, or permit it in limit.host of /etc/p.json");
  }
  const Finding other =
      findings_for({{"io.sysctl-guard.allow", "net.ipv4.ip_forward=1"}}, "", {})[0];
  CHECK(other.hint.starts_with("give the container a network namespace of its own, or permit it"));
}

TEST_CASE("Excess: a deny of the container's own takes back what is too much") {
  CHECK(findings_for({{"io.sysctl-guard.allow", "net.ipv4.*"}}).size() == 1);
  CHECK(findings_for(
            {{"io.sysctl-guard.allow", "net.ipv4.*"}, {"io.sysctl-guard.deny", "net.ipv4.tcp_*"}})
            .empty());
}

TEST_CASE("Excess: beside a wildcard, the rule that names what is the host's is to blame") {
  const std::vector<Finding> findings = findings_for(
      {{"io.sysctl-guard.allow", "net.ipv4.ip_forward, net.*, net.netfilter.nf_hooks_lwtunnel"},
       {"io.sysctl-guard.deny", "net.ipv4.tcp_*"}});
  REQUIRE_FALSE(findings.empty());
  CHECK(std::ranges::any_of(findings, [](const Finding& finding) {
    return finding.text == "net.netfilter.nf_hooks_lwtunnel";
  }));
}

TEST_CASE("Excess: each rule has its own finding, where it stands") {
  const std::vector<Finding> findings =
      findings_for({{"io.sysctl-guard.allow", "net.ipv4.ip_forward, vm.a, vm.bbbb"},
                    {"io.sysctl-guard.profile", "p"}});
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].text == "vm.a");
  CHECK(findings[0].offset == 21);
  CHECK(findings[1].text == "fs.ab*");
  CHECK(findings[1].source == "node policy /etc/p.json");
  CHECK(findings[1].pointer == "/profiles/p/allow/0");
  CHECK(findings[1].line == 8);
  CHECK(findings[2].text == "vm.bbbb");
}

TEST_CASE("Excess: of many rules the first are shown") {
  std::string allow = "vm.a";
  for (int i = 0; i < 50; ++i) {
    allow += ",vm.x" + std::to_string(i);
  }
  const std::vector<Finding> findings = findings_for({{"io.sysctl-guard.allow", allow}});
  REQUIRE(findings.size() == compile::kExcessShown + 1);
  CHECK(findings.back().message == "more rules are beyond the node's limit, from this one on");
}

TEST_CASE("Excess: where it is cut, it is a warning") {
  const std::vector<Finding> findings =
      findings_for({{"io.sysctl-guard.allow", "vm.a"}}, R"(, "onExcess": "clip")");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::kWarning);
  CHECK(findings[0].message.find("and was cut") != std::string::npos);
}

TEST_CASE("Declared pairs: each within the limit by its value, or refused, whatever is cut") {
  struct Case {
    const char* why;
    std::string key;
    std::string value;
    std::string message;  // part of it; empty: within
  };
  const Case cases[] = {
      {"within", "net.ipv4.ip_forward", "1", ""},
      {"with a final line break", "net/ipv4/ip_forward", "0\n", ""},
      {"a vector as the engine spaces it", "net.ipv4.ip_local_port_range", "1024\t65535", ""},
      {"another value", "net.ipv4.ip_forward", "2",
       "sets net.ipv4.ip_forward=2, which is beyond the node's limit: the value is out of range"},
      {"the same number otherwise", "net.ipv4.ip_forward", "01", "out of range"},
      {"another name", "net.core.somaxconn", "1", "no rule of limit.allow covers it"},
      {"the host's", "vm.swappiness", "1", "it is host-wide"},
      {"the host's, permitted", "vm.max_map_count", "262144", ""},
      {"denied", "net.ipv4.tcp_rmem", "1", "'net.ipv4.tcp_*' of limit.deny covers it"},
      {"of a shared namespace", "kernel.hostname", "a", "the UTS namespace"},
      {"bytes that nobody can read", "net.ipv4.ip_forward", "\x01\xff", "out of range"},
      {"a name that is no sysctl", "vm.a..b", "1", "is beyond the node's limit"},
  };
  const std::string limit =
      R"("limit": {"allow": ["net.ipv4.ip_forward=0|1", "kernel.hostname", "net.ipv4.tcp_rmem",
      "net.ipv4.ip_local_port_range=1024..65535 1024..65535"], "host": ["vm.max_map_count=262144.."],
      "deny": ["net.ipv4.tcp_*"], "onExcess": "%e"}, "declared": "%d"})";
  for (const Case& c : cases) {
    for (const std::string excess : {"refuse", "clip"}) {
      for (const std::string declared : {"exempt", "limit"}) {
        for (const bool asks : {false, true}) {
          INFO(c.why << ", " << excess << ", " << declared << ", asks " << asks);
          std::string text = R"({"version": 1, )" + limit;
          text.replace(text.find("%e"), 2, excess);
          text.replace(text.find("%d"), 2, declared);
          Diagnostics findings;
          const policy::NodePolicy node =
              policy::parse_node_policy(text, "/p", {.net = true}, findings);
          policy::Request request;
          request.has_allow = asks;
          if (asks) {
            Rule rule = policy::unwritten_rule(RuleKind::kAllow, "net/ipv4/ip_forward");
            rule.values.emplace_back(policy::TextValue{.text = "1", .prefix = false});
            request.lists.allow = {rule};
          }
          std::vector<Rule> pairs =
              policy::pair_rules({{c.key, c.value}}, node.limit.declared, findings);
          REQUIRE(findings.findings().empty());
          const auto table = compile::compile_policy(
              policy::merge(std::move(pairs), node, std::move(request)), findings);
          const bool refused = declared == "limit" && !c.message.empty();
          CHECK(table.has_value() != refused);
          REQUIRE(findings.has_errors() == refused);
          if (refused) {
            CHECK(findings.findings()[0].code == Errc::kBeyondLimit);
            CHECK(findings.findings()[0].source == "linux.sysctl");
            CHECK(findings.findings()[0].message.find(c.message) != std::string::npos);
          } else {
            const std::string value = c.value.ends_with('\n') ? c.value.substr(0, 1) : c.value;
            CHECK(compile::decide(
                      *table, {.write = true, .name = sysctl::to_slash_form(c.key), .value = value})
                      .verdict == Verdict::kAllow);
          }
        }
      }
    }
  }
}
