// SPDX-License-Identifier: Apache-2.0
// cgroup.h - from a pid to the open directory of the container's cgroup.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sg::host {

struct Cgroup {
  UniqueFd dir;      // O_DIRECTORY, on a cgroup2 filesystem
  std::string path;  // as /proc/<pid>/cgroup names it, for messages
};

// The top cgroup of the container whose init has `pid` (as the hook sees it), by the rules of
// cgroup_path.h, opened. `cgroups_path` may be empty. Errors: those of cgroup_path.h; kSystem where
// /proc cannot be read (the container ended); kUnsupported where others than the pid are in it or
// below; where the directory is no cgroup2 one or is a threaded cgroup (io_uring workers of a
// thread stay behind there: not guarded).
[[nodiscard]] Result<Cgroup> open_container_cgroup(pid_t pid, const std::string& cgroups_path,
                                                   const std::string& id);

}  // namespace sg::host
