// SPDX-License-Identifier: Apache-2.0
// namespace_of.cpp - the table of sysctls and namespaces.
//
// The only place that says so. A sysctl that is missing here is the host's for us, which is the
// safe mistake. The rows hold for Linux 5.10 and later; what each rests on in the kernel:
//
//   net   net/sysctl_net.c: "net" is a directory of the reader's network namespace since 2.6.26.
// Tables
//         that a namespace does not own are not in it, or are read-only there (since 5.12,
//         ensure_safe_net_sysctl; stable kernels of 5.10 got the same for the tables that had leaked)
//   ipc   ipc/ipc_sysctl.c and ipc/mq_sysctl.c: the tables work on the IPC namespace of the task
//         (since 2.6.19, mqueue since 2.6.30) or are a set of that namespace (since 5.19).
//         kernel/msg* is msgmax, msgmnb, msgmni and msg_next_id; kernel/shm* is shmall, shmmax, shmmni,
//         shm_next_id and shm_rmid_forced
//   uts   kernel/utsname_sysctl.c: proc_do_uts_string works on the task's UTS namespace since
// 2.6.19; the
//         other names of that file are read-only
//   user  kernel/ucount.c: "user" is a set of the reader's user namespace since 4.9
//   pid   kernel/pid_sysctl.h, kernel/pid.c: vm/memfd_noexec works on the PID namespace of the task
//         since 6.3, when it came; kernel/pid_max is in a set of that namespace since 6.14, before
//         that one number for all
//
// test/kernel/sysctl_namespaces_test.cpp writes every one of them in namespaces of its own, on each
// supported kernel, and looks whether the host's value stays.
#include "sysctl/namespace_of.h"

#include <algorithm>

#include "base/text.h"
#include "sysctl/sysctl_name.h"

namespace sg::sysctl {

namespace {

constexpr std::array<std::string_view, 1> kNet = {"net/*"};

constexpr std::array<std::string_view, 5> kIpc = {
    "kernel/msg*", "kernel/sem", "kernel/sem_next_id", "kernel/shm*", "fs/mqueue/*",
};

constexpr std::array<std::string_view, 2> kUts = {"kernel/hostname", "kernel/domainname"};

constexpr std::array<std::string_view, 1> kUser = {"user/*"};

// In the order of the kernels that have them.
constexpr std::array<std::string_view, 2> kPid = {"vm/memfd_noexec", "kernel/pid_max"};

// net/netfilter/nf_hooks_lwtunnel.c (since 5.15): every network namespace has a file, all of them
// switch one static key of the kernel, and on is for ever. Found by the test named above, on 6.18.
//
// net/netfilter/ipvs/ip_vs_ctl.c, with CONFIG_IP_VS_DEBUG: the table of each network namespace has
// debug_level, and the pointer to the one global number is kept. Read in the source, not run: no
// kernel of ours is built so.
constexpr std::array<std::string_view, 2> kShared = {"net/netfilter/nf_hooks_lwtunnel",
                                                     "net/ipv4/vs/debug_level"};

}  // namespace

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
      return kNet;
    case Namespace::kIpc:
      return kIpc;
    case Namespace::kUts:
      return kUts;
    case Namespace::kUser:
      return kUser;
    case Namespace::kPid:
      return std::span(kPid).first(static_cast<std::size_t>(in_pid));
  }
  return {};
}

std::span<const std::string_view> shared_names() noexcept { return kShared; }

std::optional<Namespace> namespace_of(std::string_view name, PidSysctls in_pid) {
  if (std::ranges::find(kShared, name) != kShared.end()) {
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
