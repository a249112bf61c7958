// SPDX-License-Identifier: Apache-2.0
// other_release_test.cpp - what an older or a newer kernel has not, and what is a build's doing.
#include "cli/check/other_release.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/rule_list.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::policy;

TEST_CASE("Other release: what came later, what is gone, and what nobody can write there") {
  struct Case {
    const char* rule;
    const char* release;
    const char* said;  // message and hint; empty: nothing
  };
  const Case cases[] = {
      {"net.ipv4.tcp_rto_max_ms", "6.1",
       "net.ipv4.tcp_rto_max_ms is not there in Linux 6.1; of the tested kernels it is in Linux "
       "6.18 and later"},
      {"net.ipv4.tcp_rto_max_ms", "6.9",
       "is not there in Linux 6.1, the last tested kernel before 6.9; of the tested kernels"},
      {"net.ipv4.tcp_rto_max_ms", "4.19", "is not there in Linux 5.10, the oldest tested kernel;"},
      {"net.netfilter.nf_conntrack_helper", "99.1",
       "is not there in Linux 7.3, the newest tested kernel; the last"},
      {"net.core.optmem_max", "6.6",
       "net.core.optmem_max in Linux 6.1, the last tested kernel before 6.6: the rule grants"},
      {"net.ipv4.tcp_rto_max_ms", "6.18", ""},
      {"net.ipv4.tcp_plb_*=1", "5.10", "what the pattern covers is not there in Linux 5.10"},
      {"net.netfilter.nf_conntrack_helper", "6.1", "the last tested kernel with it is Linux 5.10"},
      {"net.netfilter.nf_conntrack_helper", "5.10", ""},
      {"net.core.optmem_max", "6.1", "a container cannot write net.core.optmem_max in Linux 6.1"},
      {"net.core.optmem_max", "6.12", ""},
      {"vm.memfd_noexec", "6.2", "is not there in Linux 6.1, the last tested kernel before 6.2"},
      {"vm.memfd_noexec", "6.3", ""},     // known by the release itself
      {"net.core.rmem_max", "6.12", ""},  // so on every kernel
      {"net.core.*", "5.10", ""},
      {"net.bridge.bridge-nf-call-iptables", "5.10", ""},  // one kernel was built with it
      {"kernel.modprobe", "6.18", ""},                     // one was built without it
      {"net.ipv4.no_such", "5.10", ""},
  };
  for (const Case& c : cases) {
    INFO(c.rule << " on " << c.release);
    Diagnostics findings;
    RuleBudget budget;
    const std::vector<Rule> rules =
        parse_rule_list(c.rule, RuleKind::kAllow, "here", Groups({}), budget, findings);
    const std::string release = c.release;
    const std::size_t dot = release.find('.');
    const unsigned long major = std::stoul(release.substr(0, dot));
    const unsigned long minor = std::stoul(release.substr(dot + 1));
    cli::warn_of_release(rules,
                         {.net = true, .pid = true, .in_pid = sysctl::pid_sysctls(major, minor)},
                         cli::tested_kernel(major, minor), findings);
    REQUIRE(findings.findings().size() == (*c.said == '\0' ? 0 : 1));
    if (!findings.findings().empty()) {
      const Finding& found = findings.findings()[0];
      CHECK(found.severity == Severity::kWarning);
      CHECK_THAT(found.message + "; " + found.hint, Catch::Contains(c.said));
    }
  }
}

TEST_CASE("Other release: what a namespace of its own has there to read") {
  const auto absent_on = [](std::uint64_t minor) {
    const std::vector<std::string_view> absent =
        cli::own_on({.net = true}, cli::tested_kernel(6, minor)).absent;
    return std::ranges::find(absent, "net/core/rmem_max") != absent.end();
  };
  CHECK(absent_on(1));
  CHECK_FALSE(absent_on(12));
  CHECK(cli::own_on({.net = true}, std::nullopt).absent.empty());
}
