// SPDX-License-Identifier: Apache-2.0
// root_dir.cpp - walks a path one component at a time, so that links stay below the root.
#include "app/install/root_dir.h"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::size_t kLinksMax = 40;  // as the kernel follows in one path (MAXSYMLINKS)

struct CloseDirectory {
  void operator()(DIR* dir) const noexcept { (void)::closedir(dir); }
};

// The components of `path`, last one first.
std::vector<std::string> reversed_components(std::string_view path) {
  std::vector<std::string> out;
  for (const std::string_view part : split(path, '/')) {
    if (!part.empty() && part != ".") {
      out.emplace_back(part);
    }
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Error locate_error(const std::string& path, int saved_errno) {
  return system_error("path '" + escape(path) + "'", saved_errno,
                      "correct the directories and links on the way");
}

}  // namespace

RootDir::RootDir(std::string path) : path_(std::move(path)) {
  while (!path_.empty() && path_.back() == '/') {
    path_.pop_back();
  }
}

Result<std::string> RootDir::locate(const std::string& path) const {
  std::vector<std::string> todo = reversed_components(path);
  std::string at;  // below the root: "" or "/a/b"
  std::size_t links = 0;
  while (!todo.empty()) {
    const std::string name = todo.back();
    todo.pop_back();
    if (name == "..") {
      at.erase(at.empty() ? 0 : at.rfind('/'));
      continue;
    }
    const std::string next = at + "/" + name;
    const std::optional<std::string> target = read_link(AT_FDCWD, path_ + next);
    if (!target) {
      if (errno != EINVAL && errno != ENOENT && errno != ENOTDIR) {
        return locate_error(path, errno);
      }
      at = next;
      continue;
    }
    if (++links > kLinksMax) {
      return locate_error(path, ELOOP);
    }
    if (target->starts_with('/')) {
      at.clear();
    }
    const std::vector<std::string> more = reversed_components(*target);
    todo.insert(todo.end(), more.begin(), more.end());
  }
  return path_ + (at.empty() ? "/" : at);
}

Result<std::optional<std::string>> RootDir::read(const std::string& path) const {
  const Result<std::string> real = locate(path);
  if (!real) {
    return real.error();
  }
  struct stat info {};
  if (::stat(real->c_str(), &info) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return std::optional<std::string>();
  }
  Result<std::string> text = read_file(AT_FDCWD, *real, kConfigFileMax);
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
  const Result<std::string> real = locate(directory);
  const std::unique_ptr<DIR, CloseDirectory> dir(real ? ::opendir(real->c_str()) : nullptr);
  while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
    if (std::string_view(entry->d_name).ends_with(suffix)) {
      names.emplace_back(entry->d_name);
    }
  }
  std::ranges::sort(names);
  return names;
}

bool RootDir::has(const std::string& path) const {
  const Result<std::string> real = locate(path);
  struct stat info {};
  return real && ::stat(real->c_str(), &info) == 0;
}

std::optional<std::string> RootDir::inside(const std::string& path) const {
  if (!path.starts_with(path_ + "/")) {
    return std::nullopt;
  }
  return path.substr(path_.size());
}

}  // namespace sg::app
