// SPDX-License-Identifier: Apache-2.0
// capabilities.h - which capabilities undo a guard: the one list of them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sg::host {

// Bit n is the capability of that number, as in linux/capability.h and CapBnd of /proc/PID/status.
using CapabilitySet = std::uint64_t;

inline constexpr unsigned kCapNetAdmin = 12;
inline constexpr unsigned kCapSysAdmin = 21;
inline constexpr unsigned kCapBpf = 39;

[[nodiscard]] constexpr bool has_capability(CapabilitySet set, unsigned capability) noexcept {
  return (set >> capability & 1) != 0;
}

// The set of one capability by its name, "CAP_BPF"; empty for one that has no part in undoing a
// guard.
[[nodiscard]] CapabilitySet capability_named(std::string_view name) noexcept;

// Those of the set that give the right to undo a guard in the host's user namespace, by name: each
// of CAP_SYS_ADMIN, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH and
// CAP_SYS_BOOT; last CAP_BPF, with CAP_NET_ADMIN or CAP_PERFMON behind it.
[[nodiscard]] std::vector<std::string_view> undoing_capabilities(CapabilitySet set);

}  // namespace sg::host
