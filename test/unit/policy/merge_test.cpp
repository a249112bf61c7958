// SPDX-License-Identifier: Apache-2.0
// merge_test.cpp - the pairs of the runtime, and the order of all rules.
#include "policy/merge.h"

#include <string>

#include "policy/rule_list.h"
#include "support/catch.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

std::vector<Rule> parse(const std::string& list, RuleKind kind) {
  Diagnostics findings;
  RuleBudget budget;
  std::vector<Rule> rules = parse_rule_list(list, kind, "here", Groups({}), budget, findings);
  CHECK(findings.findings().empty());
  return rules;
}

Request make_request(const std::string& allow, const std::string& deny,
                     const std::string& deny_read) {
  Request request;
  request.lists = {.allow = parse(allow, RuleKind::kAllow),
                   .deny = parse(deny, RuleKind::kDeny),
                   .deny_read = parse(deny_read, RuleKind::kDenyRead)};
  request.has_allow = true;
  return request;
}

std::string show(const Policy& policy) {
  constexpr const char* kKinds[] = {"pair",         "deny",     "allow",     "unmatched",
                                    "beyond-limit", "readable", "deny-read", "allow-read"};
  std::string out;
  for (const Rule& rule : policy.rules) {
    out += (out.empty() ? "" : " ") + std::string(kKinds[static_cast<std::size_t>(rule.kind)]) +
           ":" + rule.pattern;
  }
  return out;
}

NodePolicy node_policy(const std::string& members) {
  Diagnostics findings;
  NodePolicy node = parse_node_policy("{\"version\": 1" + members + "}", "policy.json",
                                      NamespaceSet{.net = true}, findings);
  REQUIRE(findings.findings().empty());
  return node;
}

}  // namespace

TEST_CASE("Pairs: exact name and exact value") {
  struct Case {
    const char* why;
    std::string key;
    std::string value;
    std::string pattern;
    std::string text;
  };
  const Case cases[] = {
      {"dots", "net.ipv4.ip_forward", "1", "net/ipv4/ip_forward", "1"},
      {"slashes", "net/ipv4/conf/eth0.100/x", "1", "net/ipv4/conf/eth0.100/x", "1"},
      {"a value of several words", "net.ipv4.ping_group_range", "0 2147483647",
       "net/ipv4/ping_group_range", "0 2147483647"},
      {"one final newline is dropped", "a.b", "1\n", "a/b", "1"},
      {"only one", "a.b", "1\n\n", "a/b", "1\n"},
      {"a newline at the start stays", "a.b", "\n1", "a/b", "\n1"},
      {"blanks stay", "a.b", " 1 ", "a/b", " 1 "},
      {"a star is a byte", "a.*", "*", "a/*", "*"},
      {"any byte in the name", "a.\xff\n b", "1", "a/\xff\n b", "1"},
      {"any byte in the value", "a.b", "\xff\t\x01", "a/b", "\xff\t\x01"},
      {"the longest name", std::string(kNameMax, 'n'), "1", std::string(kNameMax, 'n'), "1"},
      {"the longest value", "a.b", std::string(kPairValueMax, 'v'), "a/b",
       std::string(kPairValueMax, 'v')},
      {"the longest value and a newline", "a.b", std::string(kPairValueMax, 'v') + "\n", "a/b",
       std::string(kPairValueMax, 'v')},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Diagnostics findings;
    const std::vector<Rule> rules = pair_rules({{c.key, c.value}}, Declared::kExempt, findings);
    REQUIRE_FALSE(findings.has_errors());
    REQUIRE(rules.size() == 1);
    const Rule& rule = rules[0];
    CHECK(rule.kind == RuleKind::kPair);
    CHECK(rule.pattern == c.pattern);
    CHECK(rule.literal);
    CHECK(rule.source == "linux.sysctl");
    REQUIRE(rule.values.size() == 1);
    const auto* value = std::get_if<TextValue>(&rule.values[0]);
    REQUIRE(value != nullptr);
    CHECK(value->text == c.text);
    CHECK_FALSE(value->prefix);
  }
}

TEST_CASE("Pairs: what the guard could not recognise is an error that names the key") {
  struct Case {
    const char* why;
    std::string key;
    std::string value;
    std::string message;  // part of it
  };
  const Case cases[] = {
      {"empty value", "a.b", "", "empty"},
      {"a newline alone", "a.b", "\n", "empty"},
      {"a zero byte in the name", std::string("a.b\0001", 5), "1", "zero byte"},
      {"a zero byte", "a.b", std::string("1\0", 2), "zero byte"},
      {"a zero byte before a newline", "a.b", std::string("1\0\n", 3), "zero byte"},
      {"a value one byte too long", "a.b", std::string(kPairValueMax + 1, 'v'), "255"},
      {"one too long and a newline", "a.b", std::string(kPairValueMax + 1, 'v') + "\n", "255"},
      {"a name one byte too long", "a" + std::string(kNameMax, 'n'), "1", "128"},
      {"no name", "", "1", "0 bytes"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Diagnostics findings;
    CHECK(pair_rules({{"a.a", "1"}, {c.key, c.value}}, Declared::kExempt, findings).size() == 1);
    REQUIRE(findings.findings().size() == 1);
    const Finding& finding = findings.findings()[0];
    CHECK(finding.code == Errc::kBadInput);
    CHECK(finding.source == "linux.sysctl");
    CHECK(finding.text == c.key);
    CHECK(finding.message.find(c.message) != std::string::npos);
    CHECK_FALSE(finding.hint.empty());
  }
}

TEST_CASE("Merge: pairs, deny, allow, then the rules for reads") {
  Diagnostics findings;
  CHECK(show(merge(pair_rules({{"net.p", "1"}, {"net.q", "2"}}, Declared::kExempt, findings),
                   node_policy(""), make_request("net.a,net.b", "net.c,net.a", "net.d,net.e"))) ==
        "pair:net/p pair:net/q deny:net/c deny:net/a allow:net/a allow:net/b "
        "readable:kernel/cap_last_cap deny-read:net/d deny-read:net/e allow-read:*");
}

TEST_CASE("Merge: without deny-read every read is allowed by one rule") {
  CHECK(show(merge({}, node_policy(""), make_request("", "", ""))) == "allow-read:*");
  CHECK(show(merge({}, node_policy(""), make_request("net.a", "", ""))) ==
        "allow:net/a allow-read:*");
}

TEST_CASE("Merge: rules that nobody wrote have no text") {
  const Policy policy = merge({}, node_policy(""), make_request("", "", "*"));
  REQUIRE(policy.rules.size() == 3);
  CHECK(policy.rules[0].text.empty());
  CHECK(policy.rules[0].source.empty());
  CHECK(policy.rules[1].text == "*");
  CHECK(policy.rules[2].text.empty());
}

TEST_CASE(
    "Merge: the node's own rules, and those of a profile, stand in front of the annotations'") {
  const NodePolicy node = node_policy(R"(,
    "default": {"allow": ["net.da"], "deny": ["net.dd"], "denyRead": ["net.dr"]},
    "profiles": {"p": {"allow": ["net.pa"], "deny": ["net.pd"], "denyRead": ["net.pr"]}})");
  Request request = make_request("net.a", "net.d", "net.r");
  request.profile = "p";
  const Policy policy = merge({}, node, request);
  CHECK(show(policy) ==
        "deny:net/dd deny:net/pd deny:net/d allow:net/pa allow:net/a "
        "readable:kernel/cap_last_cap deny-read:net/dr deny-read:net/pr deny-read:net/r "
        "allow-read:*");
  for (const Rule& rule : policy.rules) {
    INFO(rule.pattern);
    const bool is_node_s = rule.kind != RuleKind::kAllow && rule.source.starts_with("node policy ");
    CHECK(rule.floor == is_node_s);
  }
  CHECK(policy.on_excess == OnExcess::kRefuse);
  CHECK(rule_origin(policy.rules[0]) == "node default");
  CHECK(rule_origin(policy.rules[3]) == "profile p");
  CHECK(rule_origin(policy.rules[4]) == "here");
}

TEST_CASE("Merge: the default allow is for containers that ask for nothing, and is trimmed") {
  const NodePolicy node =
      node_policy(R"(, "default": {"allow": ["net.da"]}, "profiles": {"p": {}})");
  Request request;
  CHECK(show(merge({}, node, request)) == "allow:net/da beyond-limit: allow-read:*");
  CHECK(merge({}, node, request).on_excess == OnExcess::kTrim);
  request.lists.deny = parse("net.d", RuleKind::kDeny);
  CHECK(show(merge({}, node, request)) == "deny:net/d allow:net/da beyond-limit: allow-read:*");
  request.has_allow = true;
  CHECK(show(merge({}, node, request)) == "deny:net/d allow-read:*");
  request.has_allow = false;
  request.profile = "p";
  CHECK(show(merge({}, node, request)) == "deny:net/d allow-read:*");
}

TEST_CASE("Merge: a wildcard does not mean what is the host's by another name") {
  const std::string name = "net/netfilter/nf_hooks_lwtunnel";
  const std::string ipvs = "deny:net/ipv4/vs/debug_level ";
  const std::string denied = "deny:" + name + " " + ipvs;
  const NodePolicy node = node_policy("");
  CHECK(show(merge({}, node, make_request("net.*", "", ""))) ==
        denied + "allow:net/* allow-read:*");
  CHECK(show(merge({}, node, make_request("net.ipv4.*", "", ""))) ==
        ipvs + "allow:net/ipv4/* allow-read:*");
  CHECK(show(merge({}, node, make_request("net.ipv6.*", "", ""))) ==
        "allow:net/ipv6/* allow-read:*");
  CHECK(show(merge({}, node, make_request("net.netfilter.nf_hooks_lwtunnel", "", ""))) ==
        "allow:" + name + " allow-read:*");
  CHECK(show(merge({}, node, make_request("net.*, net.netfilter.nf_hooks_lwtunnel", "", ""))) ==
        ipvs + "allow:" + name + " allow:net/* allow-read:*");
  // Whatever the node permits: a wildcard never means it.
  const NodePolicy permits = node_policy(R"(, "limit": {"host": ["net.netfilter.nf_hooks_*=1"]})");
  CHECK(show(merge({}, permits, make_request("net.*", "", ""))) ==
        denied + "allow:net/* allow-read:*");
}

TEST_CASE("Merge: who chose audit decides how far it goes") {
  struct Case {
    const char* why;
    const char* node_mode;
    std::optional<Mode> annotation;
    bool was_open;
    Audit audit;
  };
  const Case cases[] = {
      {"nobody did", "enforce", std::nullopt, true, Audit::kOff},
      {"the node", "audit", std::nullopt, true, Audit::kFull},
      {"the node, of a container that was closed", "audit", std::nullopt, false,
       Audit::kWithinLimit},
      {"the node, and the annotation undoes it", "audit", Mode::kEnforce, true, Audit::kOff},
      {"both", "audit", Mode::kAudit, true, Audit::kFull},
      {"both, of a container that was closed", "audit", Mode::kAudit, false, Audit::kWithinLimit},
      {"the annotation", "enforce", Mode::kAudit, true, Audit::kWithinLimit},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const NodePolicy node =
        node_policy(R"(, "default": {"mode": ")" + std::string(c.node_mode) + "\"}");
    Request request = make_request("net.a", "", "");
    request.mode = c.annotation;
    request.was_open = c.was_open;
    const Policy policy = merge({}, node, request);
    CHECK(policy.audit == c.audit);
    CHECK(show(policy) == (c.audit == Audit::kOff ? "allow:net/a allow-read:*"
                                                  : "allow:net/a unmatched:* allow-read:*"));
  }
}

TEST_CASE("Merge: the error of refusals is the annotation's, the profile's, the default's, EPERM") {
  struct Case {
    const char* of_default;
    const char* of_profile;
    std::optional<Refusal> annotation;
    Refusal refuse;
  };
  const Case cases[] = {
      {"", "", std::nullopt, Refusal::kEperm},
      {R"("refuse": "EROFS")", "", std::nullopt, Refusal::kErofs},
      {R"("refuse": "EROFS")", R"("refuse": "EACCES")", std::nullopt, Refusal::kEacces},
      {R"("refuse": "EROFS")", R"("refuse": "EACCES")", Refusal::kEperm, Refusal::kEperm},
      {"", R"("refuse": "EPERM")", Refusal::kErofs, Refusal::kErofs},
      {R"("refuse": "EROFS")", R"("refuse": "EPERM")", std::nullopt, Refusal::kEperm},
  };
  for (const Case& c : cases) {
    INFO("default {" << c.of_default << "}, profile {" << c.of_profile << "}");
    const NodePolicy node = node_policy(R"(, "default": {)" + std::string(c.of_default) +
                                        R"(}, "profiles": {"p": {)" + c.of_profile + "}}");
    Request request = make_request("net.a", "", "");
    request.profile = "p";
    request.lists.refuse = c.annotation;
    CHECK(merge({}, node, request).refuse == c.refuse);
  }
}

TEST_CASE("Merge: what is beyond the limit is cut where the node policy says clip") {
  const NodePolicy node = node_policy(R"(, "limit": {"onExcess": "clip"})");
  const Policy policy = merge({}, node, make_request("net.a", "", ""));
  CHECK(policy.on_excess == OnExcess::kClip);
  CHECK(show(policy) == "allow:net/a beyond-limit: allow-read:*");
  REQUIRE(policy.limit);
  CHECK(policy.limit->private_namespaces.net);
  CHECK_FALSE(policy.limit->private_namespaces.ipc);
}

TEST_CASE("Pairs: what could hold several is a warning, and an error where they face the limit") {
  const struct {
    const char* why;
    const char* key;
    const char* value;
    const char* message;  // its beginning; empty for none
  } cases[] = {
      {"a plus", "kernel.shm_rmid_forced", "1+kernel.core_pattern=|/x", "the value holds a '+'"},
      {"a plus alone", "net.a", "+", "the value holds a '+'"},
      {"a line break", "net.a", "1\nkernel.core_pattern=|/x", "it holds a line break"},
      {"two at the end", "net.a", "1\n\n", "it holds a line break"},
      {"a carriage return", "net.a", "1\rb", "it holds a line break"},
      {"a line break in the name", "net.a\nnet.b", "1", "it holds a line break"},
      {"one final line break", "net.a", "1\n", ""},
      {"a plus in the name", "net.ipv4.conf.eth+.rp_filter", "1", ""},
      {"several elements", "net.ipv4.ip_local_port_range", "1024 65535", ""},
  };
  for (const auto& c : cases) {
    INFO(c.why);
    for (const Declared declared : {Declared::kExempt, Declared::kLimit}) {
      Diagnostics findings;
      CHECK(pair_rules({{c.key, c.value}}, declared, findings).size() == 1);
      REQUIRE(findings.findings().size() == (*c.message == '\0' ? 0 : 1));
      CHECK(findings.has_errors() == (*c.message != '\0' && declared == Declared::kLimit));
      if (*c.message != '\0') {
        CHECK(findings.findings()[0].message.starts_with(c.message));
        CHECK(findings.findings()[0].source == "linux.sysctl");
        CHECK(findings.findings()[0].text == c.key);
        CHECK(findings.findings()[0].code == Errc::kBadInput);
      }
    }
  }
}
