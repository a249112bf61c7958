// SPDX-License-Identifier: Apache-2.0
// excess_test.cpp - for each reason there is, what is said and what to do.
#include "compile/excess.h"

#include <algorithm>
#include <string>
#include <vector>

#include "compile/compile_policy.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "support/catch.h"

using namespace sg;

namespace {

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
                                  const std::string& more = "") {
  std::string text = kNode;
  text.replace(text.find("%s"), 2, more);
  Diagnostics findings;
  const policy::NodePolicy node = policy::parse_node_policy(
      text, "/etc/p.json", {.net = true, .ipc = true, .uts = false, .user = false}, findings);
  policy::Request request = policy::parse_annotations(annotations, node, "", findings);
  REQUIRE(findings.findings().empty());
  (void)compile::compile_policy(policy::merge({}, node, std::move(request)), findings);
  findings.locate("node policy /etc/p.json", text);
  return findings.findings();
}

}  // namespace

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
