// SPDX-License-Identifier: Apache-2.0
// cgroup_walk.h - every cgroup of this host, open, one after the other.
#pragma once

#include <dirent.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace sg::host {

struct CloseDir {
  void operator()(DIR* dir) const noexcept { (void)::closedir(dir); }
};

// One cgroup on the walk, as long as it is the current one.
struct WalkedCgroup {
  int dir_fd = -1;
  std::string cgroup;  // as /proc/PID/cgroup names it
  std::string path;    // where its directory is
};

// Walks the cgroup2 mount from its top, each cgroup before those below it, siblings in no order.
// One that ends meanwhile is left out.
class CgroupWalk {
 public:
  // Errors: kUnsupported where there is no cgroup2 mount, kSystem.
  [[nodiscard]] static Result<CgroupWalk> start();

  // The next one, open until the call after; nothing at the end. Errors: kSystem.
  [[nodiscard]] Result<std::optional<WalkedCgroup>> next();

 private:
  explicit CgroupWalk(std::string mount) : mount_(std::move(mount)), todo_{"/"} {}

  std::string mount_;
  std::vector<std::string> todo_;
  std::unique_ptr<DIR, CloseDir> dir_;  // of the current one
};

// The names of all cgroups, sorted. Errors: those of the walk.
[[nodiscard]] Result<std::vector<std::string>> list_cgroups();

}  // namespace sg::host
