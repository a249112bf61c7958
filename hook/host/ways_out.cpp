// SPDX-License-Identifier: Apache-2.0
// ways_out.cpp - mount by mount; what is covered by another mount counts as well.
#include "host/ways_out.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "host/cgroup_path.h"

namespace sg::host {
namespace {

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
  if (Result<std::string> path = parse_proc_cgroup(proc_cgroup)) {
    own.cgroup = *std::move(path);
  }
  for (const std::string_view line : split(proc_cgroup, '\n')) {
    // NUMBER:CONTROLLERS:PATH, and the line of cgroup v2 without controllers
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? first : line.find(':', first + 1);
    if (second != line.npos && !line.starts_with("0::")) {
      own.cgroups_v1.emplace_back(line.substr(second + 1));
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
    if (is_cgroup_type(mount.type) && !mount.is_read_only && !is_own_cgroup(mount, own)) {
      return where + " has cgroups that are not its own, and is writable";
    }
  }
  return "";
}

}  // namespace sg::host
