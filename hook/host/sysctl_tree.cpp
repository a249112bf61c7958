// SPDX-License-Identifier: Apache-2.0
// sysctl_tree.cpp - reads a directory or a file of procfs, and never goes into what is mounted on
// one.
#include "host/sysctl_tree.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/file_io.h"
#include "base/result.h"
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

std::optional<std::string> SysctlTree::read(const std::string& name) const {
  const UniqueFd root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd file = open_beneath(root.get(), name, O_RDONLY);
  if (!file.valid()) {
    return std::nullopt;
  }
  Result<std::string> text = read_all(file.get(), kSysctlMax, name);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

}  // namespace sg::host
