// SPDX-License-Identifier: Apache-2.0
// node_policy_file.cpp - open, look who can write it, read.
//
// Checked are the owner and mode of the open file, and then of the way to it: since root alone can change
// anything on the way, it is the way that was opened.
#include "request/node_policy_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/trusted_path.h"
#include "base/file_io.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "policy/node_policy.h"

namespace sg::request {
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
    if (host::others_can_write(info)) {
      return refused(file, "others than root can write it", "chown root and chmod go-w it");
    }
    if (Status status = host::require_trusted_path(file); !status) {
      Error error = std::move(status).error().context(name_of(file));
      error.code = Errc::kNodePolicy;
      return error;
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

}  // namespace sg::request
