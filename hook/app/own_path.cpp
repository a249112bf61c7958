// SPDX-License-Identifier: Apache-2.0
// own_path.cpp - /proc/self/exe, looked at twice: the kernel's text for a removed file is no path.
#include "app/own_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

namespace sg::app {

Result<std::string> own_path() {
  constexpr const char* kLink = "/proc/self/exe";
  constexpr const char* kHint = "install sysctl-guard again";
  std::array<char, PATH_MAX> buffer{};
  const ssize_t length = ::readlink(kLink, buffer.data(), buffer.size());
  if (length < 0) {
    const int saved_errno = errno;
    return system_error(std::string(kLink) + ": cannot be read", saved_errno, "mount /proc");
  }
  std::string path(buffer.data(), static_cast<std::size_t>(length));
  struct stat running {};
  struct stat named {};
  if (::stat(kLink, &running) != 0 || ::stat(path.c_str(), &named) != 0 ||
      running.st_dev != named.st_dev || running.st_ino != named.st_ino) {
    return Error{Errc::kSystem, "the running program: its file was replaced or removed", kHint};
  }
  return path;
}

}  // namespace sg::app
