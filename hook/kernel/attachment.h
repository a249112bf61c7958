// SPDX-License-Identifier: Apache-2.0
// attachment.h - puts a guard on a cgroup, in place of an earlier guard of the same container, or
// takes it off.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/guard.h"

namespace sg::kernel {

// What attach_guard() does where the container has no guard on the cgroup.
enum class Attach {
  kNewOrReplace,  // attaches one
  kOnlyReplace,   // fails: who changes a guard that is detached meanwhile must not bring it back
};

// Attaches the guard to the cgroup with BPF_F_ALLOW_MULTI, and says there which container it is
// for. Where a guard with our magic and this container's ID, or none yet, is attached already, it
// is replaced in one step (BPF_F_REPLACE): there is no moment without one. Programs that are not
// ours are left alone. Errors: kUnsupported where a guard of another version or of another
// container is attached there, the kernel has no cgroup/sysctl hook, or a program of others lets
// none in (blocking_program.h); kBadInput for an ID that does not fit; kSystem, also where the
// guard was detached meanwhile, and with kOnlyReplace where there is none. After an error what was
// attached before is attached again, or, where that fails, the new guard stays.
[[nodiscard]] Status attach_guard(int cgroup_fd, const Guard& guard, const Container& container,
                                  Attach how = Attach::kNewOrReplace);

// The map that says which container is on which cgroup, of the guard on this one: a program with
// the same map replaces it without a moment in which the ID is missing. Invalid where there is
// none.
[[nodiscard]] UniqueFd containers_map_on(int cgroup_fd);

// Takes the guard of this container off the cgroup; others stay. Errors: kUnsupported where there
// is none, or it is another container's; kSystem.
[[nodiscard]] Status detach_guard(int cgroup_fd, const std::string& container_id);

}  // namespace sg::kernel
