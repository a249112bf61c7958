// SPDX-License-Identifier: Apache-2.0
// mountinfo_fuzz.cpp - any text of /proc/<pid>/mountinfo, and any cgroup looked for in it.
//
// Input: the cgroup, a byte 0x01, the text. Held for every input: a mount has an absolute root and
// an absolute mount point; a line more or less changes nothing about the others; a cgroup that is
// found lies below the last mount that shows it, and is found there with that mount alone.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "host/cgroup_path.h"

namespace {

using sg::Result;
using sg::host::CgroupMount;

void check_located(const std::string& cgroup, const std::vector<CgroupMount>& mounts) {
  const Result<std::string> path = sg::host::locate_cgroup(cgroup, mounts);
  for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount) {
    const Result<std::string> alone = sg::host::locate_cgroup(cgroup, {*mount});
    if (alone) {
      SG_CHECK(path && *path == *alone);
      SG_CHECK(path->starts_with(mount->point));
      SG_CHECK(mount->root == "/" || (cgroup + "/").starts_with(mount->root + "/"));
      SG_CHECK((cgroup + "/").find("/../") == std::string::npos);
      return;
    }
  }
  SG_CHECK(!path && path.error().code == sg::Errc::kUnsupported);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t mark = input.find('\x01');
  const std::string cgroup = input.substr(0, mark);
  const std::string text = mark == std::string::npos ? input : input.substr(mark + 1);

  const std::vector<CgroupMount> mounts = sg::host::parse_cgroup_mounts(text);
  for (const CgroupMount& mount : mounts) {
    SG_CHECK(mount.root.starts_with('/') && mount.root.find('\0') == std::string::npos);
    SG_CHECK(mount.point.starts_with('/') && mount.point.find('\0') == std::string::npos);
  }
  const std::string line =
      "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw\n";
  const std::vector<CgroupMount> more = sg::host::parse_cgroup_mounts(line + text);
  SG_CHECK(more.size() == mounts.size() + 1);
  SG_CHECK(more.front().root == "/" && more.front().point == "/sys/fs/cgroup");
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    SG_CHECK(more[i + 1].root == mounts[i].root && more[i + 1].point == mounts[i].point);
  }
  check_located(cgroup, mounts);
  check_located(cgroup, more);
  return 0;
}
