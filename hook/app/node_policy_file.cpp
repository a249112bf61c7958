// SPDX-License-Identifier: Apache-2.0
// node_policy_file.cpp - open, look who can write it, read.
//
// Checked are the owner and mode of the open file, and of every directory and link on the way to it. A directory
// that others can write lets them put another file there, unless it is sticky. Since root alone can change
// anything on the way, it is the way that was opened.
#include "app/node_policy_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "policy/node_policy.h"

namespace sg::app {
namespace {

std::string name_of(const std::string& file) { return "node policy " + escape(file); }

Error refused(const std::string& file, const std::string& why, std::string hint) {
  return Error{Errc::kNodePolicy, name_of(file) + ": " + why, std::move(hint)};
}

Error failed(const std::string& file, const std::string& what, int saved_errno) {
  Error error = system_error(name_of(file) + ": " + what, saved_errno,
                             "make it a file that root can read, or remove it");
  error.code = Errc::kNodePolicy;
  return error;
}

bool others_can_write(const struct stat& info) {
  return info.st_uid != 0 || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

// Walks from the root to the file as the kernel would, links included.
class PathCheck {
 public:
  explicit PathCheck(const std::string& file) : file_(file) {}

  // Every directory and link on the way belongs to root, and nobody else can put another one in its place.
  Status check() {
    if (!file_.starts_with('/')) {
      return refused(file_, "the path is not absolute", "name it from the root directory on");
    }
    Status status = check_directory("/");
    push(file_);
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
      return failed(file_, escape(path), errno);
    }
    if (!S_ISLNK(info.st_mode)) {
      at = path;
      return S_ISDIR(info.st_mode) ? check_directory(path) : Status(Ok{});
    }
    if (info.st_uid != 0) {
      return refused(file_, "others than root own the link " + escape(path), "chown -h root it");
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length < 0) {
      return failed(file_, escape(path), errno);
    }
    if (++links_ > kLinksMax) {
      return refused(file_, "there are more than 40 links on the way", "name the file itself");
    }
    if (target[0] == '/') {
      at.clear();
    }
    push({target.data(), static_cast<std::size_t>(length)});
    return Ok{};
  }

  Status check_directory(const std::string& directory) {
    struct stat info = {};
    if (::stat(directory.c_str(), &info) != 0) {
      return failed(file_, "directory " + escape(directory), errno);
    }
    if (others_can_write(info) && (info.st_uid != 0 || (info.st_mode & S_ISVTX) == 0)) {
      return refused(file_, "others than root can write its directory " + escape(directory),
                     "chown root and chmod go-w it");
    }
    return Ok{};
  }

  const std::string& file_;
  std::vector<std::string> todo_;  // components still to go, the next one last
  int links_ = 0;
};

// Whether nothing is there, not even a link on the way that leads nowhere: that was meant to lead to a policy.
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

}  // namespace

Result<std::optional<std::string>> read_node_policy(const std::string& file, bool is_named,
                                                    Writers writers) {
  if (file.empty() || file.find('\0') != std::string::npos) {
    return refused(file, "this is no path", "name a file");
  }
  // Without O_NONBLOCK a FIFO would hold the hook for ever.
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  const int saved_errno = errno;
  if (!fd.valid()) {
    const bool is_absent =
        (saved_errno == ENOENT || saved_errno == ENOTDIR) && is_clearly_absent(file);
    if (is_absent && is_named) {
      Error error = failed(file, "cannot be opened", saved_errno);
      error.hint = "name a file that is there";
      return error;
    }
    if (is_absent) {
      return std::optional<std::string>();
    }
    return failed(file, "cannot be opened", saved_errno);
  }
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) {
    return failed(file, "cannot be looked at", errno);
  }
  if (!S_ISREG(info.st_mode)) {
    return refused(file, "it is no regular file", "make it one, or remove it");
  }
  if (writers == Writers::kRootOnly) {
    if (others_can_write(info)) {
      return refused(file, "others than root can write it", "chown root and chmod go-w it");
    }
    if (Status status = PathCheck(file).check(); !status) {
      return std::move(status).error();
    }
  }
  Result<std::string> text = read_all(fd.get(), policy::kNodePolicyMax, name_of(file));
  if (!text) {
    Error error = std::move(text).error();
    error.code = Errc::kNodePolicy;
    return error;
  }
  return std::optional(*std::move(text));
}

}  // namespace sg::app
