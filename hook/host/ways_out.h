// SPDX-License-Identifier: Apache-2.0
// ways_out.h - which mount of a container shows it processes or cgroups that are not its own.
//
// By a cgroup.procs that it can write a container leaves its cgroup, and with it the guard; by a
// process of the host it reaches what that may write. What config.json says of mounts tells only
// where they were to lead: links, other mounts and other containers decide where they do. So the
// mounts are looked at that there are.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mountinfo.h"

namespace sg::host {

// Whether a filesystem of this type shows cgroups, of either version.
[[nodiscard]] constexpr bool is_cgroup_type(std::string_view type) noexcept {
  return type == "cgroup" || type == "cgroup2";
}

// What is the container's own.
struct OwnPlaces {
  std::string root;         // its root directory, as mount points name it
  std::string proc_device;  // of its procfs, "MAJOR:MINOR"
  std::string cgroup;  // its cgroup v2, as /proc/PID/cgroup names it; empty where it is in none
  std::vector<std::string> cgroups_v1;  // its cgroups in the other hierarchies
};

// The cgroups in the text of /proc/PID/cgroup, into `own`.
void take_cgroups(std::string_view proc_cgroup, OwnPlaces& own);

// The first of `mounts` at or below own.root that is a procfs of others, or cgroups of others that
// are writable, as a clause: "'/x' shows processes that are not its own"; empty where there is
// none. The mounts are as a process in the container's namespaces sees them, so that cgroups
// outside its cgroup namespace begin with "/..".
[[nodiscard]] std::string way_out(std::span<const MountEntry> mounts, const OwnPlaces& own);

}  // namespace sg::host
