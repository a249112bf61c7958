// SPDX-License-Identifier: Apache-2.0
// trusted_file.cpp - walks from the root directory to the file as the kernel would, links included,
// and reads it.
//
// A directory that others can write lets them put another file into the place of each that is not
// there yet or not protected by the sticky bit; the owner of a link can point it elsewhere.
#include "host/trusted_file.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/text.h"
#include "base/unique_fd.h"

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

// Whether nothing is there, not even a link on the way that leads nowhere.
bool is_clearly_absent(const std::string& file) {
  for (std::size_t slash = file.find('/', 1);; slash = file.find('/', slash + 1)) {
    const std::string path = file.substr(0, slash);
    struct stat info = {};
    if (::lstat(path.c_str(), &info) != 0) {
      return errno == ENOENT || errno == ENOTDIR;
    }
    if (slash == std::string::npos || (S_ISLNK(info.st_mode) && ::stat(path.c_str(), &info) != 0)) {
      return false;
    }
  }
}

// Whether the open file may be read. Its owner and mode are checked, and then the way to it: root
// alone can change anything on the way, so the way is the one that was opened.
Status check_file(int fd, const std::string& path, Writers writers) {
  struct stat info = {};
  if (::fstat(fd, &info) != 0) {
    return unseen("cannot be looked at", errno);
  }
  if (!S_ISREG(info.st_mode)) {
    return untrusted("it is no regular file", "make it one, or remove it");
  }
  if (writers == Writers::kAnyone) {
    return Ok{};
  }
  if (others_can_write(info)) {
    return untrusted("others than root can write it", "chown root and chmod go-w it");
  }
  return require_trusted_path(path);
}

}  // namespace

bool others_can_write(const struct stat& info) noexcept {
  return info.st_uid != 0 || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

Status require_trusted_path(const std::string& path) { return Walk().run(path); }

Result<std::optional<std::string>> read_trusted_file(const std::string& path, std::size_t limit,
                                                     const std::string& noun, Writers writers) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return untrusted("this is no path", "name a file").context(noun);
  }
  // Without O_NONBLOCK a FIFO would hold the hook for ever.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  const int saved_errno = errno;
  if (!fd.valid()) {
    if ((saved_errno == ENOENT || saved_errno == ENOTDIR) && is_clearly_absent(path)) {
      return std::optional<std::string>();
    }
    return system_error(noun + ": cannot be opened", saved_errno,
                        "make it a file that root can read, or remove it");
  }
  if (Status usable = check_file(fd.get(), path, writers); !usable) {
    return std::move(usable).error().context(noun);
  }
  Result<std::string> text = read_all(fd.get(), limit, noun);
  return text ? Result<std::optional<std::string>>(std::optional(*std::move(text)))
              : std::move(text).error();
}

}  // namespace sg::host
