// SPDX-License-Identifier: Apache-2.0
// probe_test.cpp - doctor's trial of a guard: what it sees is the table's doing, and nothing is
// left.
#include "kernel/probe.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "compile/compile_policy.h"
#include "compile/meta.h"
#include "host/cgroup_path.h"
#include "kernel/guarded_cgroup.h"
#include "support/catch.h"

using sg::kernel::probe_guard;
using sg::kernel::ProbeOutcome;

namespace {

sg::Result<ProbeOutcome> probe_with(const std::string& allow) {
  const sg::policy::Policy policy = sg::test::policy_of(allow, "", "");
  sg::Diagnostics findings;
  const auto table = sg::compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  const std::vector<std::uint8_t> meta = sg::compile::encode_meta(sg::compile::make_meta(policy));
  return probe_guard({.table = *table,
                      .rule_count = static_cast<std::uint32_t>(policy.rules.size()),
                      .meta = meta,
                      .container = {.id = "doctor"}});
}

std::string host_domainname() {
  std::string name;
  std::getline(std::ifstream("/proc/sys/kernel/domainname"), name);
  return name;
}

bool has_scratch_cgroup() {
  std::ifstream file("/proc/self/mountinfo");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const sg::host::CgroupMount& mount : sg::host::parse_cgroup_mounts(text)) {
    if (access((mount.point + "/sysctl-guard-doctor-" + std::to_string(getpid())).c_str(), F_OK) ==
        0) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("Probe: what the child meets is what the table says") {
  struct Case {
    std::string allow;
    int allowed, denied;
  };
  const Case cases[] = {
      {"kernel.domainname=\"sysctl-guard-allowed\"", 0, EPERM},
      {"kernel.domainname", 0, 0},
      {"kernel.hostname", EPERM, EPERM},
  };
  const std::string before = host_domainname();
  for (const Case& c : cases) {
    INFO(c.allow);
    const sg::Result<ProbeOutcome> outcome = probe_with(c.allow);
    INFO((outcome ? "" : outcome.error().message));
    REQUIRE(outcome);
    CHECK(outcome->allowed_errno == c.allowed);
    CHECK(outcome->denied_errno == c.denied);
    CHECK(host_domainname() == before);
    CHECK_FALSE(has_scratch_cgroup());
  }
}
