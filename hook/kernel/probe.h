// SPDX-License-Identifier: Apache-2.0
// probe.h - does a guard work here: one is really attached, and somebody really refused.
#pragma once

#include <string>

#include "base/result.h"
#include "kernel/guard.h"

namespace sg::kernel {

// The name that a probe writes, in a UTS namespace of its own, and the values: the table must allow
// one.
inline constexpr const char* kProbeSysctl = "kernel/domainname";
inline constexpr const char* kProbeAllowed = "sysctl-guard-allowed";
inline constexpr const char* kProbeDenied = "sysctl-guard-denied";

// What a process in a guarded scratch cgroup met: 0 or the errno of each write.
struct ProbeOutcome {
  int allowed_errno = 0;
  int denied_errno = 0;
};

// Makes a cgroup below the cgroup2 mount, attaches a guard with that table, lets a child of this
// process write both values there, and removes the cgroup. The process must have one thread.
// Errors: kUnsupported where there is no cgroup2 mount or the kernel cannot do it; kSystem.
[[nodiscard]] Result<ProbeOutcome> probe_guard(const GuardInput& input);

}  // namespace sg::kernel
