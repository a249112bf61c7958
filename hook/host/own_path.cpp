// SPDX-License-Identifier: Apache-2.0
// own_path.cpp - /proc/self/exe, looked at twice: the kernel's text for a removed file is no path.
#include "host/own_path.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include "base/file_io.h"

namespace sg::host {

Result<std::string> own_path() {
  constexpr const char* kLink = "/proc/self/exe";
  constexpr const char* kHint = "install sysctl-guard again";
  const std::optional<std::string> path = read_link(AT_FDCWD, kLink);
  if (!path) {
    const int saved_errno = errno;
    return system_error(std::string(kLink) + ": cannot be read", saved_errno, "mount /proc");
  }
  struct stat running {};
  struct stat named {};
  if (::stat(kLink, &running) != 0 || ::stat(path->c_str(), &named) != 0 ||
      running.st_dev != named.st_dev || running.st_ino != named.st_ino) {
    return Error{Errc::kSystem, "the running program: its file was replaced or removed", kHint};
  }
  return *path;
}

}  // namespace sg::host
