// SPDX-License-Identifier: Apache-2.0
// proc_sys_view.cpp - the mount that covers a path is the deepest one above it, and of several at
// one place the last.
#include "host/proc_sys_view.h"

#include <algorithm>

#include "base/mountinfo.h"
#include "base/text.h"

namespace sg::host {
namespace {

constexpr std::string_view kProcSys = "/proc/sys";

}  // namespace

ProcSysView::ProcSysView(std::string_view mountinfo) {
  for (const MountEntry& mount : parse_mountinfo(mountinfo)) {
    if (!is_at_or_below(kProcSys, mount.point) && !is_at_or_below(mount.point, kProcSys)) {
      continue;
    }
    // Only what a procfs shows below its own sys is a sysctl.
    const bool is_sysctl =
        mount.type == "proc" && (mount.root == "/" || is_at_or_below(mount.root, "/sys"));
    mounts_.push_back({mount.point, is_sysctl && !mount.is_read_only});
  }
  for (const Mount& mount : mounts_) {
    if (mount.point.size() > kProcSys.size() && is_at_or_below(mount.point, kProcSys)) {
      std::string part = mount.point.substr(kProcSys.size() + 1);
      if (!is_writable() && is_writable(part)) {
        parts_.push_back(std::move(part));
      }
    }
  }
  std::ranges::sort(parts_);
  parts_.erase(std::unique(parts_.begin(), parts_.end()), parts_.end());
}

bool ProcSysView::is_writable(std::string_view name) const {
  const std::string path = std::string(kProcSys) + (name.empty() ? "" : "/") + std::string(name);
  const Mount* covers = nullptr;
  for (const Mount& mount : mounts_) {
    if (is_at_or_below(path, mount.point) &&
        (covers == nullptr || mount.point.size() >= covers->point.size())) {
      covers = &mount;
    }
  }
  return covers != nullptr && covers->is_writable;
}

}  // namespace sg::host
