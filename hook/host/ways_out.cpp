// SPDX-License-Identifier: Apache-2.0
// ways_out.cpp - mount by mount; what is covered by another mount counts as well.
#include "host/ways_out.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace sg::host {
namespace {

bool is_at_or_below(std::string_view path, std::string_view above) {
  return path.starts_with(above) &&
         (above == "/" || path.size() == above.size() || path[above.size()] == '/');
}

bool is_own_cgroup(const MountEntry& mount, const OwnPlaces& own) {
  if (is_at_or_below(mount.root, "/..")) {
    return false;  // outside the cgroup namespace
  }
  if (mount.type == "cgroup2") {
    return !own.cgroup.empty() && is_at_or_below(mount.root, own.cgroup);
  }
  return std::ranges::any_of(own.cgroups_v1, [&mount](const std::string& cgroup) {
    return is_at_or_below(mount.root, cgroup);
  });
}

}  // namespace

void take_cgroups(std::string_view proc_cgroup, OwnPlaces& own) {
  for (const std::string_view line : split(proc_cgroup, '\n')) {
    // NUMBER:CONTROLLERS:PATH; the number of cgroup v2 is 0
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? first : line.find(':', first + 1);
    if (second == line.npos) {
      continue;
    }
    const std::string path(line.substr(second + 1));
    if (line.starts_with("0::")) {
      own.cgroup = path;
    } else {
      own.cgroups_v1.push_back(path);
    }
  }
}

std::string way_out(std::span<const MountEntry> mounts, const OwnPlaces& own) {
  for (const MountEntry& mount : mounts) {
    if (!is_at_or_below(mount.point, own.root)) {
      continue;
    }
    const std::string where =
        "'" +
        escape(std::string_view(mount.point).substr(own.root == "/" ? 0 : own.root.size()), 160) +
        "'";
    if (mount.type == "proc" && mount.device != own.proc_device) {
      return where + " shows processes that are not its own";
    }
    const bool is_of_cgroups = mount.type == "cgroup" || mount.type == "cgroup2";
    if (is_of_cgroups && !mount.is_read_only && !is_own_cgroup(mount, own)) {
      return where + " has cgroups that are not its own, and is writable";
    }
  }
  return "";
}

}  // namespace sg::host
