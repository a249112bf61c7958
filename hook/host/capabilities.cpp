// SPDX-License-Identifier: Apache-2.0
// capabilities.cpp - names and numbers.
//
// By them a task loads or detaches programs, gets the kernel or another process of the host, or a
// cgroup by its file handle. CAP_SYS_PTRACE gives the runtime's own process when somebody is
// exec'd: that one has all capabilities, and is not yet in the cgroup.
#include "host/capabilities.h"

#include <array>

namespace sg::host {
namespace {

struct Capability {
  std::string_view name;
  unsigned number;
};
constexpr std::array<Capability, 6> kAlone = {{{"CAP_SYS_ADMIN", kCapSysAdmin},
                                               {"CAP_SYS_MODULE", 16},
                                               {"CAP_SYS_RAWIO", 17},
                                               {"CAP_SYS_PTRACE", 19},
                                               {"CAP_DAC_READ_SEARCH", 2},
                                               {"CAP_SYS_BOOT", 22}}};
constexpr Capability kBpf{"CAP_BPF", kCapBpf};
constexpr std::array<Capability, 2> kWithBpf = {
    {{"CAP_NET_ADMIN", kCapNetAdmin}, {"CAP_PERFMON", 38}}};

}  // namespace

CapabilitySet capability_named(std::string_view name) noexcept {
  CapabilitySet set = 0;
  const auto add = [&](const Capability& one) {
    set |= one.name == name ? CapabilitySet{1} << one.number : 0;
  };
  for (const Capability& one : kAlone) {
    add(one);
  }
  for (const Capability& one : kWithBpf) {
    add(one);
  }
  add(kBpf);
  return set;
}

std::vector<std::string_view> undoing_capabilities(CapabilitySet set) {
  std::vector<std::string_view> found;
  for (const Capability& one : kAlone) {
    if (has_capability(set, one.number)) {
      found.push_back(one.name);
    }
  }
  for (const Capability& other : kWithBpf) {
    if (has_capability(set, kBpf.number) && has_capability(set, other.number)) {
      found.insert(found.end(), {kBpf.name, other.name});
      break;
    }
  }
  return found;
}

}  // namespace sg::host
