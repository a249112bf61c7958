// SPDX-License-Identifier: Apache-2.0
// capabilities_test.cpp - which sets undo a guard.
#include "host/capabilities.h"

#include "support/catch.h"

using sg::host::capability_named;
using sg::host::CapabilitySet;
using sg::host::undoing_capabilities;
using Names = std::vector<std::string_view>;

TEST_CASE("Capabilities: those that undo a guard, alone or with another one") {
  const struct {
    const char* why;
    CapabilitySet set;
    Names undoing;
  } cases[] = {
      {"none", 0, {}},
      {"CAP_NET_ADMIN", CapabilitySet{1} << 12, {}},
      {"CAP_BPF", CapabilitySet{1} << 39, {}},
      {"CAP_SYS_ADMIN", CapabilitySet{1} << 21, {"CAP_SYS_ADMIN"}},
      {"CAP_SYS_MODULE", CapabilitySet{1} << 16, {"CAP_SYS_MODULE"}},
      {"CAP_BPF and CAP_NET_ADMIN", CapabilitySet{1} << 39 | 1 << 12, {"CAP_BPF", "CAP_NET_ADMIN"}},
      {"CAP_BPF and CAP_PERFMON", CapabilitySet{3} << 38, {"CAP_BPF", "CAP_PERFMON"}},
      {"all",
       0x000001ffffffffff,
       {"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH",
        "CAP_SYS_BOOT", "CAP_BPF", "CAP_NET_ADMIN"}},
  };
  for (const auto& each : cases) {
    INFO(each.why);
    CHECK(undoing_capabilities(each.set) == each.undoing);
  }
}

TEST_CASE("Capabilities: a name stands for its number") {
  CHECK(capability_named("CAP_SYS_ADMIN") == CapabilitySet{1} << 21);
  CHECK(capability_named("CAP_PERFMON") == CapabilitySet{1} << 38);
  CHECK(capability_named("CAP_CHOWN") == 0);
  CHECK(capability_named("cap_sys_admin") == 0);
  for (const std::string_view name : undoing_capabilities(~CapabilitySet{0})) {
    INFO(name);
    CHECK(capability_named(name) != 0);
  }
}
