// SPDX-License-Identifier: Apache-2.0
// cgroup_walk.cpp - a list of what is still to be opened, and the directories in what is open.
//
// Tested by test/kernel/guards_test.cpp.
#include "host/cgroup_walk.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/file_io.h"
#include "base/text.h"
#include "host/cgroup_path.h"

namespace sg::host {
namespace {

constexpr std::size_t kMountinfoMax = std::size_t{64} << 20;  // as in cgroup.cpp
constexpr const char* kHint = "run it as root, with the host's cgroups";

// A cgroup that ended while we were on the way to it. Nobody can attach to one whose path is too
// long to be opened, so there is nothing to be seen either.
bool is_gone(int error) { return error == ENOENT || error == ENODEV || error == ENAMETOOLONG; }

// The names of the directories in `dir`. An error while reading is the cgroup's end.
std::vector<std::string> read_children(DIR* dir) {
  std::vector<std::string> names;
  while (const dirent* const entry = ::readdir(dir)) {
    const std::string_view name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") {
      names.emplace_back(name);
    }
  }
  return names;
}

}  // namespace

Result<CgroupWalk> CgroupWalk::start() {
  const Result<std::string> text = read_file(AT_FDCWD, "/proc/self/mountinfo", kMountinfoMax);
  if (!text) {
    return text.error();
  }
  Result<std::string> mount = locate_cgroup("/", parse_cgroup_mounts(*text));
  if (!mount) {
    return std::move(mount).error();
  }
  return CgroupWalk(*std::move(mount));
}

Result<std::optional<WalkedCgroup>> CgroupWalk::next() {
  while (!todo_.empty()) {
    const std::string cgroup = std::move(todo_.back());
    todo_.pop_back();
    const std::string path = cgroup == "/" ? mount_ : mount_ + cgroup;
    dir_.reset(::opendir(path.c_str()));
    if (!dir_) {
      const int saved_errno = errno;
      if (is_gone(saved_errno) && cgroup != "/") {
        continue;
      }
      return system_error("open '" + escape(path) + "'", saved_errno, kHint);
    }
    for (const std::string& name : read_children(dir_.get())) {
      todo_.push_back(cgroup == "/" ? "/" + name : cgroup + "/" + name);
    }
    return std::optional(WalkedCgroup{::dirfd(dir_.get()), cgroup, path});
  }
  return std::optional<WalkedCgroup>();
}

Result<std::vector<std::string>> list_cgroups() {
  Result<CgroupWalk> walk = CgroupWalk::start();
  if (!walk) {
    return std::move(walk).error();
  }
  std::vector<std::string> names;
  for (;;) {
    Result<std::optional<WalkedCgroup>> found = walk->next();
    if (!found) {
      return std::move(found).error();
    }
    if (!*found) {
      std::ranges::sort(names);
      return names;
    }
    names.push_back(std::move((*found)->cgroup));
  }
}

}  // namespace sg::host
