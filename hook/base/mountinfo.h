// SPDX-License-Identifier: Apache-2.0
// mountinfo.h - the text of /proc/PID/mountinfo into the mounts it lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sg {

struct MountEntry {
  std::string type;           // of the filesystem
  std::string root;           // what of the filesystem is mounted
  std::string point;          // where
  std::string device;         // of the filesystem, "MAJOR:MINOR"
  bool is_read_only = false;  // the mount, or the filesystem
};

// Every mount in `text`, in its order, octal escapes undone; lines that are no mountinfo lines are
// skipped.
[[nodiscard]] std::vector<MountEntry> parse_mountinfo(std::string_view text);

}  // namespace sg
