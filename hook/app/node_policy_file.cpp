// SPDX-License-Identifier: Apache-2.0
// node_policy_file.cpp - open, look who can write it, read.
//
// What is checked is what is open: the descriptor's own owner and mode, and those of every directory on the
// way to where the kernel says it is. A directory that others can write lets them put another file there,
// unless it is sticky.
#include "app/node_policy_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

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

// The directories above the open file, from the root down, as the kernel knows them.
Status check_directories(int fd, const std::string& file) {
  std::array<char, PATH_MAX> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  if (length <= 0 || static_cast<std::size_t>(length) == target.size() || target[0] != '/') {
    return refused(file, "where it is cannot be found out", "mount /proc where the hook runs");
  }
  const std::string path(target.data(), static_cast<std::size_t>(length));
  for (std::size_t slash = 0; slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string directory = path.substr(0, std::max<std::size_t>(slash, 1));
    struct stat info = {};
    if (::stat(directory.c_str(), &info) != 0) {
      const int saved_errno = errno;
      return failed(file, "directory " + escape(directory), saved_errno);
    }
    if (others_can_write(info) && (info.st_uid != 0 || (info.st_mode & S_ISVTX) == 0)) {
      return refused(file, "others than root can write its directory " + escape(directory),
                     "chown root " + escape(directory) + " and chmod go-w it");
    }
  }
  return Ok{};
}

}  // namespace

Result<std::optional<std::string>> read_node_policy(const std::string& file, bool is_named,
                                                    Writers writers) {
  if (file.find('\0') != std::string::npos) {
    return refused(file, "no path contains a zero byte", "name a file");
  }
  // Without O_NONBLOCK a FIFO would hold the hook for ever.
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  const int saved_errno = errno;
  if (!fd.valid()) {
    // A link that leads nowhere was meant to lead to a policy.
    const bool is_absent = (saved_errno == ENOENT || saved_errno == ENOTDIR) &&
                           ::faccessat(AT_FDCWD, file.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0;
    if (is_absent && !is_named) {
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
    if (Status status = check_directories(fd.get(), file); !status) {
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
