// SPDX-License-Identifier: Apache-2.0
// open_beneath.h - opens a path below a directory that is open, and nothing that only seems to be
// there: without links, or with those of another root; and a path of the host that is the same for
// every process.
#pragma once

#include <string>

#include "base/unique_fd.h"

namespace sg::host {

// Whether the way may lead over a mount.
enum class Mounts { kNone, kFollowed };

// Opens `path`, relative to the directory `dir_fd`, with `flags` of open(2) and O_CLOEXEC. Invalid,
// with errno, where the way leads out of the directory, over a symbolic link (ELOOP) or, with
// Mounts::kNone, over a mount (EXDEV): no automount is triggered. Needs Linux 5.6.
[[nodiscard]] UniqueFd open_beneath(int dir_fd, const std::string& path, int flags,
                                    Mounts mounts = Mounts::kNone);

// Opens an absolute path with O_PATH, over symbolic links, but over none that is another one for
// each process (/proc/self/cwd). Invalid then, with ELOOP. Needs Linux 5.6.
[[nodiscard]] UniqueFd open_place(const std::string& path);

// Opens `path` as a process whose root directory is `root_fd` would: links and ".." stay below it.
// `flags` are those of open(2), and O_CLOEXEC. Invalid, with errno, where that fails, as over a
// link of procfs (/proc/self/cwd). Needs Linux 5.6.
[[nodiscard]] UniqueFd open_in_root(int root_fd, const std::string& path, int flags);

}  // namespace sg::host
