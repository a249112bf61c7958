// SPDX-License-Identifier: Apache-2.0
// recorded_programs_test.cpp - what programs were seen to write, as events, into an annotation that
// starts their containers and lets them write it again.
#include <string>
#include <utility>
#include <vector>

#include "cli/learn/suggest.h"
#include "compile/decide.h"
#include "policy/node_policy.h"
#include "request/make_policy.h"
#include "support/catch.h"

using namespace sg;

namespace {

constexpr const char* kAllow = "io.sysctl-guard.allow";

struct Program {
  const char* name;
  std::vector<std::pair<std::string, std::string>> writes;
  std::string annotation;
  std::vector<std::string> beyond;  // what the host would have to grant
};

// At its end a program puts back what it found.
const Program kPrograms[] = {
    {"wg-quick",
     {{"net/ipv4/conf/all/src_valid_mark", "1"}},
     "net.ipv4.conf.all.src_valid_mark=1",
     {}},
    {"babeld",
     {{"net/ipv6/conf/all/forwarding", "1"},
      {"net/ipv6/conf/all/accept_redirects", "0"},
      {"net/ipv4/conf/all/forwarding", "1"},
      {"net/ipv4/conf/all/rp_filter", "0"},
      {"net/ipv4/conf/eth0/send_redirects", "0"},
      {"net/ipv4/conf/wlan0/send_redirects", "0"},
      {"net/ipv4/conf/eth0/send_redirects", "1"},
      {"net/ipv4/conf/wlan0/send_redirects", "1"},
      {"net/ipv6/conf/all/forwarding", "0"},
      {"net/ipv6/conf/all/accept_redirects", "1"},
      {"net/ipv4/conf/all/forwarding", "0"},
      {"net/ipv4/conf/all/rp_filter", "2"}},
     "net.ipv4.conf.*.send_redirects=0|1; net.ipv4.conf.all.forwarding=0|1; "
     "net.ipv4.conf.all.rp_filter=0|2; net.ipv6.conf.all.accept_redirects=0|1; "
     "net.ipv6.conf.all.forwarding=0|1",
     {}},
    {"radvd",
     {{"net/ipv6/conf/eth1/hop_limit", "64"},
      {"net/ipv6/conf/eth1/mtu", "1480"},
      {"net/ipv6/neigh/eth1/base_reachable_time_ms", "30000"},
      {"net/ipv6/neigh/eth1/retrans_time_ms", "1000"}},
     "net.ipv6.conf.eth1.hop_limit=32..255; net.ipv6.conf.eth1.mtu=1280..65536; "
     "net.ipv6.neigh.eth1.base_reachable_time_ms=1000..3600000; "
     "net.ipv6.neigh.eth1.retrans_time_ms=100..60000",
     {}},
    {"strongSwan", {{"net/core/xfrm_acq_expires", "165"}}, "net.core.xfrm_acq_expires=165", {}},
    {"dhcpcd",
     {{"net/ipv6/conf/eth0/accept_ra", "0"},
      {"net/ipv6/conf/eth0/autoconf", "0"},
      {"net/ipv6/conf/eth0/hop_limit", "255"},
      {"net/ipv4/conf/eth0/promote_secondaries", "1"}},
     "net.ipv4.conf.eth0.promote_secondaries=1; net.ipv6.conf.eth0.accept_ra=0; "
     "net.ipv6.conf.eth0.autoconf=0; net.ipv6.conf.eth0.hop_limit=32..255",
     {}},
    {"zebra",
     {{"net/ipv4/ip_forward", "1"},
      {"net/ipv4/ip_forward", "0"},
      {"net/ipv6/conf/all/forwarding", "1"},
      {"net/mpls/platform_labels", "1048575"},
      {"net/mpls/conf/eth0/input", "1"}},
     "net.ipv4.ip_forward=0|1; net.ipv6.conf.all.forwarding=1; net.mpls.conf.eth0.input=1; "
     "net.mpls.platform_labels=1048575",
     {}},
    {"dockerd in a container",
     {{"net/ipv4/ip_forward", "1"},
      {"net/ipv6/conf/docker0/disable_ipv6", "1"},
      {"net/ipv6/conf/br-3f2a9b1c7d8e/disable_ipv6", "1"},
      {"net/ipv4/conf/br-3f2a9b1c7d8e/route_localnet", "1"},
      {"net/ipv6/conf/veth8e6cce6/proxy_ndp", "1"},
      {"net/ipv6/conf/vethfb00a12/proxy_ndp", "1"},
      {"net/bridge/bridge-nf-call-iptables", "1"},
      {"kernel/keys/root_maxkeys", "1000000"}},
     "net.bridge.bridge-nf-call-iptables=1; net.ipv4.conf.br-*.route_localnet=1; "
     "net.ipv4.ip_forward=1; net.ipv6.conf.*.disable_ipv6=1; net.ipv6.conf.veth*.proxy_ndp=1",
     {"kernel.keys.root_maxkeys=1000000"}},
    {"Podman in a container",
     {{"net/ipv4/ip_forward", "1"},
      {"net/ipv4/conf/podman1/rp_filter", "2"},
      {"net/ipv4/conf/veth0/arp_notify", "1"},
      {"net/ipv6/conf/eth0/autoconf", "0"}},
     "net.ipv4.conf.podman1.rp_filter=2; net.ipv4.conf.veth*.arp_notify=1; net.ipv4.ip_forward=1; "
     "net.ipv6.conf.eth0.autoconf=0",
     {}},
    {"the start script of a database",
     {{"vm/overcommit_memory", "1"}, {"net/core/somaxconn", "511"}},
     "net.core.somaxconn=511",
     {"vm.overcommit_memory=1"}},
    {"sysctl --system",
     {{"kernel/core_pattern", "core"},
      {"fs/protected_regular", "1"},
      {"net/ipv4/conf/all/rp_filter", "2"},
      {"kernel/sysrq", "176"}},
     "net.ipv4.conf.all.rp_filter=2",
     {"fs.protected_regular=1", "kernel.core_pattern=/*|core", "kernel.sysrq=176"}},
};

std::vector<events::Event> events_of(const Program& program, policy::Verdict verdict) {
  std::vector<events::Event> events;
  for (const auto& [name, value] : program.writes) {
    events.push_back({.container = "c1", .write = true, .name = name, .value = value + "\n"});
    events.back().value_len = static_cast<std::uint32_t>(value.size() + 1);
    events.back().verdict = verdict;
  }
  return events;
}

cli::SuggestInput input_of(const std::vector<events::Event>& events) {
  constexpr sysctl::NamespaceSet kOwn{.net = true, .ipc = true, .uts = true};
  return {.seen = cli::gather(events, ""),
          .annotations = {},
          .profile = "",
          .known = {},
          .node = policy::default_node_policy("/policy.json", kOwn)};
}

}  // namespace

TEST_CASE("Recorded programs: the annotation starts the container, and it may write all of it") {
  for (const Program& program : kPrograms) {
    INFO(program.name);
    const cli::SuggestInput input = input_of(events_of(program, policy::Verdict::kDeny));
    const cli::Suggestion suggestion = cli::suggest(input);
    CHECK(suggestion.value == program.annotation);
    CHECK(suggestion.notes.empty());
    std::vector<std::string> beyond;
    for (const cli::SuggestedRule& rule : suggestion.rules) {
      if (!rule.is_within()) {
        CHECK(rule.needs_host);
        beyond.push_back(rule.rule.text);
      }
    }
    CHECK(beyond == program.beyond);
    Diagnostics findings;
    const request::MadePolicy made =
        request::make_policy({.annotations = {{kAllow, suggestion.value}}}, input.node, findings);
    CHECK_FALSE(findings.has_errors());
    std::size_t refused = 0;
    for (const auto& [name, value] : program.writes) {
      const compile::Decision decision =
          compile::decide(made.table, {.write = true, .name = name, .value = value + "\n"});
      refused += decision.verdict == policy::Verdict::kAllow ? 0 : 1;
    }
    CHECK(refused == program.beyond.size());
  }
}

TEST_CASE("Recorded programs: what was allowed under a wide grant narrows it to the same") {
  for (const Program& program : kPrograms) {
    if (!program.beyond.empty()) {
      continue;
    }
    INFO(program.name);
    cli::SuggestInput input = input_of(events_of(program, policy::Verdict::kAllow));
    input.annotations = {{kAllow, "@net"}};
    const cli::Suggestion suggestion = cli::suggest(input);
    CHECK(suggestion.rules.empty());
    REQUIRE(suggestion.narrower);
    CHECK(suggestion.narrower->value == program.annotation);
  }
}
