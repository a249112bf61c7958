// SPDX-License-Identifier: Apache-2.0
// root_dir.h - a system's files below a directory, as that system itself would find them.
//
// `install --root DIR` makes packages and images: every path is one of the system below DIR, and so
// is every symbolic link there. Nothing outside of DIR is read or written through one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sg::host {

class RootDir {
 public:
  // "" and "/" are this system.
  explicit RootDir(std::string path);

  [[nodiscard]] bool is_this_system() const noexcept { return path_.empty(); }

  // Where `path`, absolute in that system, really is: links followed, the last component's too.
  // What is missing is where it would be made. Errors: kSystem where links lead in a circle, a part
  // cannot be looked at, or the root itself is missing; kBadInput for ".." behind what is missing,
  // since nobody finds by that path what is made there.
  [[nodiscard]] Result<std::string> locate(const std::string& path) const;

  // The bytes of the file; nothing where there is none. Errors: kSystem, kBadInput beyond
  // kConfigFileMax.
  [[nodiscard]] Result<std::optional<std::string>> read(const std::string& path) const;

  // The names in a directory that end with `suffix`, sorted; none where it cannot be read.
  [[nodiscard]] std::vector<std::string> list(const std::string& directory,
                                              std::string_view suffix) const;

  // Is there anything by that name?
  [[nodiscard]] bool has(const std::string& path) const;

  // The path that this system calls `path`, as the system below calls it; nothing where it is
  // outside.
  [[nodiscard]] std::optional<std::string> inside(const std::string& path) const;

 private:
  // Opens `path` with `flags` of open(2); invalid, with errno, where that fails.
  [[nodiscard]] UniqueFd open(const std::string& path, int flags) const;

  std::string path_;  // without a slash at its end; empty for this system
};

// The largest file that is read: configurations of engines are hand-written and have kilobytes.
inline constexpr std::size_t kConfigFileMax = std::size_t{4} << 20;

}  // namespace sg::host
