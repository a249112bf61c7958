// SPDX-License-Identifier: Apache-2.0
// compile_limit_test.cpp - the formula of the limit, against the reference, and its budget.
#include "compile/compile_limit.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/random_policy.h"
#include "support/reference_match.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using automaton::Dfa;
using policy::Limit;
using policy::RuleKind;

namespace {

bool permits(const Dfa& limit, const compile::Access& access) {
  return limit.run(test::to_word(access)) != automaton::kNoRule;
}

}  // namespace

TEST_CASE("Limit: allow reaches private namespaces alone, host reaches all, deny wins") {
  Limit limit;
  limit.private_namespaces = {.net = true, .ipc = true};
  limit.allow = {policy::unwritten_rule(RuleKind::kAllow, "*")};
  limit.host = {policy::unwritten_rule(RuleKind::kAllow, "vm/max_map_count")};
  limit.deny = {policy::unwritten_rule(RuleKind::kDeny, "net/core/*"),
                policy::unwritten_rule(RuleKind::kDeny, "vm/d*")};
  Diagnostics findings;
  const std::optional<Dfa> dfa = compile::compile_limit(limit, findings);
  REQUIRE(dfa.has_value());
  struct Case {
    const char* name;
    bool permitted;
  };
  const Case cases[] = {
      {"net/ipv4/ip_forward", true}, {"net/core/somaxconn", false},      {"kernel/shmmax", true},
      {"kernel/hostname", false},    {"kernel/core_pattern", false},     {"vm/max_map_count", true},
      {"vm/max_map_counts", false},  {"user/max_net_namespaces", false}, {"net", false},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    CHECK(permits(*dfa, {true, c.name, "1", true}) == c.permitted);
    CHECK_FALSE(permits(*dfa, {false, c.name, "", true}));
  }
  CHECK(findings.findings().empty());
}

TEST_CASE("Limit: by chance, as the reference has it") {
  constexpr std::uint64_t kSeed = 41;
  test::Random random(kSeed);
  std::size_t permitted = 0;
  for (int round = 0; round < 300; ++round) {
    const Limit limit = test::random_limit(random);
    Diagnostics findings;
    const std::optional<Dfa> dfa = compile::compile_limit(limit, findings);
    REQUIRE(dfa.has_value());
    policy::Policy rules{.rules = limit.allow};
    rules.rules.insert(rules.rules.end(), limit.host.begin(), limit.host.end());
    rules.rules.insert(rules.rules.end(), limit.deny.begin(), limit.deny.end());
    if (rules.rules.empty()) {
      continue;
    }
    for (int i = 0; i < 40; ++i) {
      const test::OwnedAccess access = test::random_access(random, rules);
      if (access.name.size() > sysctl::kNameMax) {
        continue;
      }
      const bool expected = access.write && test::reference_permits(limit, access.view());
      permitted += expected ? 1 : 0;
      INFO("seed " << kSeed << ", round " << round << ", " << test::show(access) << "\n"
                   << test::show(rules));
      REQUIRE(permits(*dfa, access.view()) == expected);
    }
  }
  CHECK(permitted > 500);
}

TEST_CASE("Limit: a warning for what allow cannot reach, whatever the namespaces") {
  Limit limit;
  const auto add = [&limit](const char* pattern) {
    limit.allow.push_back(policy::unwritten_rule(RuleKind::kAllow, pattern));
    limit.allow.back().text = pattern;
  };
  for (const char* pattern : {"net/*", "user/max_user_namespaces", "kernel/*", "*", "k*/shmmax"}) {
    add(pattern);
  }
  for (const char* pattern :
       {"vm/max_map_count", "fs/file-max", "kernel/core*", "net/netfilter/nf_hooks_lwtunnel"}) {
    add(pattern);
  }
  Diagnostics findings;
  compile::warn_without_effect(limit, findings);
  REQUIRE(findings.findings().size() == 4);
  CHECK_FALSE(findings.has_errors());
  CHECK(findings.findings()[0].text == "vm/max_map_count");
  CHECK(findings.findings()[3].text == "net/netfilter/nf_hooks_lwtunnel");
}

TEST_CASE("Limit: one that needs too large an automaton is the node policy's mistake") {
  Limit limit;
  limit.private_namespaces = {.net = true};
  limit.file = "/etc/sysctl-guard/policy.json";
  for (char c = 'a'; c <= 'z'; ++c) {
    std::string pattern = "net/";
    for (int i = 0; i < 12; ++i) {
      pattern += std::string("*") + c + static_cast<char>('a' + i);
    }
    limit.allow.push_back(policy::unwritten_rule(RuleKind::kAllow, pattern));
    limit.allow.back().text = pattern;
    limit.allow.back().pointer = "/limit/allow/0";
  }
  Diagnostics findings;
  CHECK_FALSE(compile::compile_limit(limit, findings).has_value());
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].code == Errc::kNodePolicy);
  CHECK(findings.findings()[0].pointer == "/limit/allow/0");
  CHECK(findings.findings()[0].message.find("most of it is due to net/") != std::string::npos);
}
