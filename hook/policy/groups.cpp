// SPDX-License-Identifier: Apache-2.0
// groups.cpp - the built-in groups as patterns in slash form.
//
// The only place that says which sysctls belong to which namespace. A sysctl that is missing here
// is the host's for us, which is the safe mistake. What each list rests on in the kernel:
//   net   net/sysctl_net.c: "net" is a directory of the reader's network namespace; tables that a
//         namespace does not own are not in it, or are read-only (since 5.12,
//         ensure_safe_net_sysctl)
//   ipc   ipc/ipc_sysctl.c and ipc/mq_sysctl.c: the tables work on the ipc namespace of the task
//         (before 5.19) or are a set of that namespace (from 5.19)
//   uts   kernel/utsname_sysctl.c: proc_do_uts_string works on the task's uts namespace; the other
//         names of that file are read-only
//   user  kernel/ucount.c: "user" is a set of the reader's user namespace
#include "policy/groups.h"

#include <array>

namespace sg::policy {

namespace {

constexpr std::array<std::string_view, 1> kNet = {"net/*"};

// kernel/msg* is msgmax, msgmnb, msgmni and msg_next_id; kernel/shm* is shmall, shmmax, shmmni,
// shm_next_id and shm_rmid_forced.
constexpr std::array<std::string_view, 5> kIpc = {
    "kernel/msg*", "kernel/sem", "kernel/sem_next_id", "kernel/shm*", "fs/mqueue/*",
};

constexpr std::array<std::string_view, 2> kUts = {"kernel/hostname", "kernel/domainname"};

constexpr std::array<std::string_view, 1> kUser = {"user/*"};

// What the kubelet lets any pod set: each belongs to a namespace and reaches nothing outside the
// pod.
constexpr std::array<std::string_view, 12> kKubernetesSafe = {
    "kernel/shm_rmid_forced",
    "net/ipv4/ip_local_port_range",
    "net/ipv4/tcp_syncookies",
    "net/ipv4/ping_group_range",
    "net/ipv4/ip_unprivileged_port_start",
    "net/ipv4/ip_local_reserved_ports",
    "net/ipv4/tcp_keepalive_time",
    "net/ipv4/tcp_fin_timeout",
    "net/ipv4/tcp_keepalive_intvl",
    "net/ipv4/tcp_keepalive_probes",
    "net/ipv4/tcp_rmem",
    "net/ipv4/tcp_wmem",
};

constexpr std::array<std::string_view, 6> kNames = {
    "@ipc", "@kubernetes-safe", "@namespaced", "@net", "@user", "@uts",
};

using Patterns = std::vector<std::string_view>;

void append(Patterns& patterns, std::span<const std::string_view> more) {
  patterns.insert(patterns.end(), more.begin(), more.end());
}

Patterns namespaced(const NamespaceSet& private_namespaces) {
  Patterns patterns;
  if (private_namespaces.net) {
    append(patterns, kNet);
  }
  if (private_namespaces.ipc) {
    append(patterns, kIpc);
  }
  if (private_namespaces.uts) {
    append(patterns, kUts);
  }
  if (private_namespaces.user) {
    append(patterns, kUser);
  }
  return patterns;
}

}  // namespace

std::span<const std::string_view> group_names() noexcept { return kNames; }

std::optional<Patterns> group_patterns(std::string_view name,
                                       const NamespaceSet& private_namespaces) {
  if (name == "@namespaced") {
    return namespaced(private_namespaces);
  }
  Patterns patterns;
  if (name == "@net") {
    append(patterns, kNet);
  } else if (name == "@ipc") {
    append(patterns, kIpc);
  } else if (name == "@uts") {
    append(patterns, kUts);
  } else if (name == "@user") {
    append(patterns, kUser);
  } else if (name == "@kubernetes-safe") {
    append(patterns, kKubernetesSafe);
  } else {
    return std::nullopt;
  }
  return patterns;
}

}  // namespace sg::policy
