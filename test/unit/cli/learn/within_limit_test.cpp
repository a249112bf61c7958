// SPDX-License-Identifier: Apache-2.0
// within_limit_test.cpp - what the node permits is never in one rule with what it does not.
#include "cli/learn/within_limit.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace sg;
using cli::Generalise;
using cli::SeenWrite;

namespace {

policy::NodePolicy node(const std::string& text) {
  Diagnostics findings;
  policy::NodePolicy parsed =
      policy::parse_node_policy(text, "/policy.json", {.net = true}, findings);
  REQUIRE_FALSE(findings.has_errors());
  return parsed;
}

SeenWrite write(const std::string& name, const std::string& value) {
  return {.name = name, .value = value, .value_size = value.size()};
}

// The rules within, then those beyond in brackets.
std::string shown(const std::vector<SeenWrite>& writes, const policy::NodePolicy& policy,
                  Generalise generalise = Generalise::kAll, std::uint64_t min = 1) {
  std::string within;
  std::string beyond;
  for (const cli::SuggestedRule& rule :
       cli::learn_for_node(writes, policy, generalise, min).rules) {
    (rule.is_within() ? within : beyond) += rule.rule.text + ";";
  }
  return within + "[" + beyond + "]";
}

const std::string kConf = "net/ipv4/conf/";

}  // namespace

TEST_CASE("Within the limit: values of one sysctl are parted") {
  const auto policy = node(R"({"version": 1, "limit": {"allow": ["net.a=0..5"]}})");
  CHECK(shown({write("net/a", "1"), write("net/a", "6")}, policy) == "net.a=1;[net.a=6;]");
  std::vector<SeenWrite> many;
  for (int i = 0; i < 9; ++i) {
    many.push_back(write("net/a", std::to_string(i)));
  }
  CHECK(shown(many, policy) == "net.a=0..5;[net.a=6|7|8;]");
}

TEST_CASE("Within the limit: a rule that goes too far beyond what was seen is made narrower") {
  const auto some = node(
      R"({"version": 1, "limit": {"allow": ["net.ipv4.conf.eth0.*", "net.ipv4.conf.wg0.*"]}})");
  const std::vector<SeenWrite> writes = {write(kConf + "eth0/rp_filter", "0"),
                                         write(kConf + "wg0/rp_filter", "0")};
  CHECK(shown(writes, some) == "net.ipv4.conf.eth0.rp_filter=0;net.ipv4.conf.wg0.rp_filter=0;[]");
  CHECK(shown(writes, node(R"({"version": 1})")) == "net.ipv4.conf.*.rp_filter=0;[]");
  // What the router dictates too.
  const auto low =
      node(R"({"version": 1, "limit": {"allow": ["net.ipv6.conf.*.hop_limit=1..64"]}})");
  CHECK(shown({write("net/ipv6/conf/eth0/hop_limit", "64")}, low) ==
        "net.ipv6.conf.eth0.hop_limit=64;[]");
  CHECK(shown({write("net/ipv6/conf/eth0/hop_limit", "64")}, node(R"({"version": 1})")) ==
        "net.ipv6.conf.eth0.hop_limit=32..255;[]");
}

TEST_CASE("Within the limit: what is not counted or named stays so") {
  const auto policy = node(R"({"version": 1})");
  const std::vector<SeenWrite> writes = {write("net/a", "1"), write("", "1"), write("vm/x", "1")};
  const cli::RulesForNode found = cli::learn_for_node(writes, policy, Generalise::kAll, 1);
  CHECK(found.unnameable.size() == 1);
  CHECK(found.rules.size() == 2);
  CHECK(cli::learn_for_node(writes, policy, Generalise::kAll, 2).rare == 2);
}
