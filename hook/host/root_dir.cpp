// SPDX-License-Identifier: Apache-2.0
// root_dir.cpp - the kernel resolves each path as the system below the root would (openat2,
// RESOLVE_IN_ROOT).
//
// Only what is missing is put together here: its path is where the kernel's answer ends, and the
// rest as written.
#include "host/root_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/file_io.h"
#include "base/text.h"
#include "host/open_beneath.h"

namespace sg::host {
namespace {

constexpr int kLinksMax = 40;  // as the kernel follows in one path (MAXSYMLINKS)

struct CloseDirectory {
  void operator()(DIR* dir) const noexcept { (void)::closedir(dir); }
};

Error locate_error(const std::string& path, int saved_errno) {
  return system_error("path '" + escape(path) + "'", saved_errno,
                      "correct the directories and links on the way");
}

bool is_absent(int saved_errno) { return saved_errno == ENOENT || saved_errno == ENOTDIR; }

// Cuts the last component off `path`, which begins with a slash, and returns it; "" for the root
// and for layout.
std::string cut_last(std::string& path) {
  const std::size_t slash = path.rfind('/');
  std::string name = path.substr(slash + 1);
  path.erase(slash);
  return name == "." ? "" : name;
}

}  // namespace

RootDir::RootDir(std::string path) : path_(std::move(path)) {
  while (!path_.empty() && path_.back() == '/') {
    path_.pop_back();
  }
}

UniqueFd RootDir::open(const std::string& path, int flags) const {
  const UniqueFd root(::open((path_ + "/").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return root.valid() ? open_in_root(root.get(), path, flags) : UniqueFd();
}

Result<std::string> RootDir::locate(const std::string& path) const {
  const UniqueFd root(::open((path_ + "/").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::string at = path.starts_with('/') ? path : "/" + path;
  std::string rest;  // of the path, which is missing: "" or "/a/b"
  int links = 0;
  while (root.valid()) {
    const UniqueFd place = open_in_root(root.get(), at.empty() ? "/" : at, O_PATH);
    const int saved_errno = errno;
    if (place.valid()) {
      const std::optional<std::string> real = path_of(place.get());
      return real ? Result<std::string>((*real == "/" && !rest.empty() ? "" : *real) + rest)
                  : locate_error(path, errno);
    }
    if (!is_absent(saved_errno)) {
      return locate_error(path, saved_errno);
    }
    const UniqueFd link = open_in_root(root.get(), at, O_PATH | O_NOFOLLOW);
    const std::optional<std::string> target =
        link.valid() ? read_link(link.get(), "") : std::nullopt;
    const std::string name = cut_last(at);
    if (target) {
      if (++links > kLinksMax) {
        return locate_error(path, ELOOP);
      }
      at = target->starts_with('/') ? *target : at + "/" + *target;
    } else if (name == "..") {
      return Error{Errc::kBadInput,
                   "path '" + escape(path) + "': has '..' behind a directory that is not there",
                   "write the path without '..', or make that directory"};
    } else if (!name.empty()) {
      rest = "/" + name + rest;
    }
  }
  return locate_error(path, errno);
}

Result<std::optional<std::string>> RootDir::read(const std::string& path) const {
  const UniqueFd file = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
  if (!file.valid() && is_absent(errno)) {
    return std::optional<std::string>();
  }
  const std::string noun = "file '" + escape(path) + "'";
  Result<std::string> text = file.valid() ? read_all(file.get(), kConfigFileMax, noun)
                                          : system_error(noun + ": cannot be opened", errno, "");
  if (!text) {
    Error error = std::move(text).error();
    error.hint = "make it a file that root can read, or move it away";
    return error;
  }
  return std::optional<std::string>(*std::move(text));
}

std::vector<std::string> RootDir::list(const std::string& directory,
                                       std::string_view suffix) const {
  std::vector<std::string> names;
  UniqueFd fd = open(directory, O_RDONLY | O_DIRECTORY);
  const std::unique_ptr<DIR, CloseDirectory> dir(fd.valid() ? ::fdopendir(fd.get()) : nullptr);
  if (dir) {
    (void)fd.release();
  }
  while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
    if (std::string_view(entry->d_name).ends_with(suffix)) {
      names.emplace_back(entry->d_name);
    }
  }
  std::ranges::sort(names);
  return names;
}

bool RootDir::has(const std::string& path) const { return open(path, O_PATH).valid(); }

std::optional<std::string> RootDir::inside(const std::string& path) const {
  if (!path.starts_with(path_ + "/")) {
    return std::nullopt;
  }
  return path.substr(path_.size());
}

}  // namespace sg::host
