// SPDX-License-Identifier: Apache-2.0
// trusted_path.cpp - walks from the root directory to the file as the kernel would, links included.
//
// A directory that others can write lets them put another file into the place of each that is not there yet or
// not protected by the sticky bit; the owner of a link can point it elsewhere.
#include "host/trusted_path.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include <fcntl.h>

#include "base/file_io.h"
#include "base/text.h"

namespace sg::host {
namespace {

Error untrusted(const std::string& why, std::string hint) {
  return Error{Errc::kUnsupported, why, std::move(hint)};
}

Error unseen(const std::string& what, int saved_errno) {
  return system_error(what, saved_errno, "make it a file that root can read");
}

class Walk {
 public:
  Status run(const std::string& path) {
    if (!path.starts_with('/')) {
      return untrusted("the path is not absolute", "name it from the root directory on");
    }
    Status status = check_directory("/");
    push(path);
    std::string at;
    while (status && !todo_.empty()) {
      const std::string component = todo_.back();
      todo_.pop_back();
      if (component == "..") {
        at.erase(at.rfind('/') == std::string::npos ? 0 : at.rfind('/'));
      } else if (!component.empty() && component != ".") {
        status = step(component, at);
      }
    }
    return status;
  }

 private:
  static constexpr int kLinksMax = 40;  // as the kernel (MAXSYMLINKS)

  void push(std::string_view path) {
    std::vector<std::string_view> components = split(path, '/');
    std::reverse(components.begin(), components.end());
    todo_.insert(todo_.end(), components.begin(), components.end());
  }

  Status step(const std::string& component, std::string& at) {
    const std::string path = at + "/" + component;
    struct stat info = {};
    if (::lstat(path.c_str(), &info) != 0) {
      return unseen(escape(path), errno);
    }
    if (S_ISLNK(info.st_mode)) {
      return follow(path, info, at);
    }
    at = path;
    if (S_ISDIR(info.st_mode)) {
      return check_directory(path);
    }
    if (others_can_write(info)) {
      return untrusted("others than root can write it", "chown root and chmod go-w it");
    }
    return Ok{};
  }

  Status follow(const std::string& link, const struct stat& info, std::string& at) {
    if (info.st_uid != 0) {
      return untrusted("others than root own the link " + escape(link), "chown -h root it");
    }
    std::optional<std::string> target = read_link(AT_FDCWD, link);
    if (!target) {
      return unseen(escape(link), errno);
    }
    if (++links_ > kLinksMax) {
      return untrusted("there are more than 40 links on the way", "name the file itself");
    }
    if (target->starts_with('/')) {
      at.clear();
    }
    push(*target);
    return Ok{};
  }

  static Status check_directory(const std::string& directory) {
    struct stat info = {};
    if (::stat(directory.c_str(), &info) != 0) {
      return unseen("directory " + escape(directory), errno);
    }
    if (others_can_write(info) && (info.st_uid != 0 || (info.st_mode & S_ISVTX) == 0)) {
      return untrusted("others than root can write its directory " + escape(directory),
                       "chown root and chmod go-w it");
    }
    return Ok{};
  }

  std::vector<std::string> todo_;  // components still to go, the next one last
  int links_ = 0;
};

}  // namespace

bool others_can_write(const struct stat& info) noexcept {
  return info.st_uid != 0 || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

Status require_trusted_path(const std::string& path) { return Walk().run(path); }

}  // namespace sg::host
