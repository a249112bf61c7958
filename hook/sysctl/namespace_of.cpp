// SPDX-License-Identifier: Apache-2.0
// namespace_of.cpp - which patterns are whose, and the names that all share.
//
// A sysctl that is missing in data/sysctls/known.tsv, of which the build makes the table, is the
// host's for us, which is the safe mistake. test/kernel/sysctl_namespaces_test.cpp writes every one
// of them in namespaces of its own, on each supported kernel, and looks whether the host's value
// stays.
#include "sysctl/namespace_of.h"

#include <algorithm>

#include "base/text.h"
#include "sysctl/catalogue.h"
#include "sysctl/known_table.h"
#include "sysctl/sysctl_name.h"

namespace sg::sysctl {

// In the order of the kernels that have them there, which is that of PidSysctls.
static_assert(std::size(kOwnPid) == static_cast<std::size_t>(PidSysctls::kAll));

bool NamespaceSet::has(Namespace ns) const noexcept {
  switch (ns) {
    case Namespace::kNet:
      return net;
    case Namespace::kIpc:
      return ipc;
    case Namespace::kUts:
      return uts;
    case Namespace::kUser:
      return user;
    case Namespace::kPid:
      return pid;
  }
  return false;
}

std::string_view namespace_name(Namespace ns) noexcept {
  switch (ns) {
    case Namespace::kNet:
      return "net";
    case Namespace::kIpc:
      return "ipc";
    case Namespace::kUts:
      return "uts";
    case Namespace::kUser:
      return "user";
    case Namespace::kPid:
      return "pid";
  }
  return "unknown";
}

std::optional<NamespaceSet> parse_namespaces(std::string_view list, std::string_view& unknown) {
  NamespaceSet set;
  if (list.empty()) {
    return set;
  }
  for (const std::string_view name : split(list, ',')) {
    if (std::ranges::find(kNamespaces, name, namespace_name) == kNamespaces.end()) {
      unknown = name;
      return std::nullopt;
    }
    set.net = set.net || name == namespace_name(Namespace::kNet);
    set.ipc = set.ipc || name == namespace_name(Namespace::kIpc);
    set.uts = set.uts || name == namespace_name(Namespace::kUts);
    set.user = set.user || name == namespace_name(Namespace::kUser);
    set.pid = set.pid || name == namespace_name(Namespace::kPid);
  }
  return set;
}

PidSysctls pid_sysctls(std::uint64_t major, std::uint64_t minor) noexcept {
  const auto is_since = [major, minor](std::uint64_t first, std::uint64_t second) {
    return major > first || (major == first && minor >= second);
  };
  return is_since(6, 14)  ? PidSysctls::kAll
         : is_since(6, 3) ? PidSysctls::kMemfd
                          : PidSysctls::kNone;
}

std::span<const std::string_view> namespace_patterns(Namespace ns, PidSysctls in_pid) noexcept {
  switch (ns) {
    case Namespace::kNet:
      return kOwnNet;
    case Namespace::kIpc:
      return kOwnIpc;
    case Namespace::kUts:
      return kOwnUts;
    case Namespace::kUser:
      return kOwnUser;
    case Namespace::kPid:
      return std::span(kOwnPid).first(static_cast<std::size_t>(in_pid));
  }
  return {};
}

std::span<const std::string_view> shared_names() noexcept { return kShared; }

std::optional<Namespace> namespace_of(std::string_view name, PidSysctls in_pid) {
  if (std::ranges::find(kShared, name) != std::ranges::end(kShared)) {
    return std::nullopt;
  }
  for (const Namespace ns : kNamespaces) {
    for (const std::string_view pattern : namespace_patterns(ns, in_pid)) {
      if (pattern_matches(pattern, name)) {
        return ns;
      }
    }
  }
  return std::nullopt;
}

}  // namespace sg::sysctl
