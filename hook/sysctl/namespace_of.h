// SPDX-License-Identifier: Apache-2.0
// namespace_of.h - which sysctls belong to which namespace; all others are the host's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sg::sysctl {

enum class Namespace { kNet, kIpc, kUts, kUser, kPid };

inline constexpr std::array<Namespace, 5> kNamespaces = {
    Namespace::kNet, Namespace::kIpc, Namespace::kUts, Namespace::kUser, Namespace::kPid};

// Which sysctls a kernel keeps for each PID namespace. In older ones they are the host's.
enum class PidSysctls {
  kNone,
  kMemfd,  // vm/memfd_noexec
  kAll,    // and kernel/pid_max
};

// By the version of the kernel alone: one that has a newer kernel's change is taken for what its
// version says, so that what is unsure is the host's.
[[nodiscard]] PidSysctls pid_sysctls(std::uint64_t major, std::uint64_t minor) noexcept;

// The namespaces that a container has to itself: neither the host's nor the engine's.
struct NamespaceSet {
  bool net = false;
  bool ipc = false;
  bool uts = false;
  bool user = false;
  bool pid = false;
  PidSysctls in_pid = PidSysctls::kNone;  // of the kernel, whoever has the namespace

  [[nodiscard]] bool has(Namespace ns) const noexcept;

  friend bool operator==(const NamespaceSet&, const NamespaceSet&) = default;
};

// "net", "ipc", "uts", "user" or "pid", as in /proc/PID/ns.
[[nodiscard]] std::string_view namespace_name(Namespace ns) noexcept;

// The namespaces of a list with commas, "net,ipc"; none for an empty one. Nothing where a name is
// none of these: `unknown` is then that name, a view into the list.
[[nodiscard]] std::optional<NamespaceSet> parse_namespaces(std::string_view list,
                                                           std::string_view& unknown);

// The patterns, in slash form, of the sysctls of one namespace.
[[nodiscard]] std::span<const std::string_view> namespace_patterns(Namespace ns,
                                                                   PidSysctls in_pid) noexcept;

// Names that these patterns match and that are the host's all the same: the kernel has one value
// for all namespaces and lets each of them write it.
[[nodiscard]] std::span<const std::string_view> shared_names() noexcept;

// The namespace that the sysctl `name` (slash form) belongs to; nothing: the host.
[[nodiscard]] std::optional<Namespace> namespace_of(std::string_view name, PidSysctls in_pid);

}  // namespace sg::sysctl
