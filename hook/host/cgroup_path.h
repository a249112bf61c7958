// SPDX-License-Identifier: Apache-2.0
// cgroup_path.h - which cgroup is the container's own: the pure half, on the texts of /proc.
//
// A guard on too low a cgroup misses exec'd processes; on too high a one it restricts other
// containers or the host. So the container's top cgroup is found by exact rules, and where none
// fits the answer is an error, never a guess. cgroup.h does the reading and opening.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sg::host {

// The cgroup v2 path in the text of /proc/<pid>/cgroup: the rest of its "0::" line. Errors:
// kUnsupported where there is no such line (pure cgroup v1), kBadInput where it is no absolute
// path.
[[nodiscard]] Result<std::string> parse_proc_cgroup(std::string_view text);

struct CgroupMount {
  std::string root;   // the cgroup that is mounted, as /proc/<pid>/cgroup names cgroups
  std::string point;  // where
};

// Every mount of type cgroup2 in the text of /proc/<pid>/mountinfo, octal escapes undone, in the
// order of the text; lines that are no mountinfo lines are skipped.
[[nodiscard]] std::vector<CgroupMount> parse_cgroup_mounts(std::string_view text);

// Where `cgroup` is found below one of the mounts: the last mount whose root is `cgroup` or above
// it (a later mount covers an earlier one). Errors: kUnsupported where there is none.
[[nodiscard]] Result<std::string> locate_cgroup(const std::string& cgroup,
                                                const std::vector<CgroupMount>& mounts);

// What is known of a container for finding its top cgroup.
struct ContainerCgroup {
  std::string leaf;          // the cgroup of its pid
  std::string cgroups_path;  // linux.cgroupsPath; empty where unknown
  std::string id;
  std::string hook;  // the hook's own cgroup
};

// The container's own top cgroup, an ancestor of `leaf` or `leaf` itself: the one cgroupsPath names
// (absolute, or "slice:prefix:name" for systemd), else the highest component that is the ID,
// PREFIX-ID or PREFIX-ID.scope. In cgroupsPath ".", ".." and repeated slashes mean what they mean
// to runtimes; one that has them decides alone. Errors, kUnsupported: cgroupsPath is longer than a
// path can be, neither fits, or the result is the root, starts with "/..", or is the hook's own
// cgroup or one above it.
[[nodiscard]] Result<std::string> container_cgroup(const ContainerCgroup& container);

}  // namespace sg::host
