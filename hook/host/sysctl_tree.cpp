// SPDX-License-Identifier: Apache-2.0
// sysctl_tree.cpp - reads a directory of procfs, and never goes into what is mounted on one.
#include "host/sysctl_tree.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "host/open_beneath.h"

namespace sg::host {
namespace {

struct DirCloser {
  void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

}  // namespace

std::vector<SysctlEntry> SysctlTree::list(const std::string& directory) const {
  const UniqueFd root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  UniqueFd opened =
      open_beneath(root.get(), directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
  const std::unique_ptr<DIR, DirCloser> dir(opened.valid() ? ::fdopendir(opened.get()) : nullptr);
  std::vector<SysctlEntry> entries;
  if (!dir) {
    return entries;
  }
  (void)opened.release();  // the stream has it
  while (const dirent* const entry = ::readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && (entry->d_type == DT_DIR || entry->d_type == DT_REG)) {
      entries.push_back({std::string(name), entry->d_type == DT_DIR});
    }
  }
  std::ranges::sort(entries, {}, &SysctlEntry::name);
  return entries;
}

}  // namespace sg::host
