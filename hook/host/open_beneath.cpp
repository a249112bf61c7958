// SPDX-License-Identifier: Apache-2.0
// open_beneath.cpp - openat2(2), which the C library has no function for.
#include "host/open_beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace sg::host {
namespace {

UniqueFd open_resolving(int dir_fd, const std::string& path, int flags, std::uint64_t resolve) {
  if (path.find('\0') != std::string::npos) {
    errno = EINVAL;
    return UniqueFd();
  }
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = resolve;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, dir_fd, path.c_str(), &how, sizeof how)));
}

}  // namespace

UniqueFd open_beneath(int dir_fd, const std::string& path, int flags, Mounts mounts) {
  const std::uint64_t crossing = mounts == Mounts::kNone ? RESOLVE_NO_XDEV : 0;
  return open_resolving(dir_fd, path, flags,
                        RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | crossing);
}

UniqueFd open_place(const std::string& path) {
  return open_resolving(AT_FDCWD, path, O_PATH, RESOLVE_NO_MAGICLINKS);
}

UniqueFd open_in_root(int root_fd, const std::string& path, int flags) {
  // EAGAIN: something was renamed or mounted on this host while the kernel went over a "..".
  constexpr int kTries = 100;
  for (int i = 1;; ++i) {
    UniqueFd fd = open_resolving(root_fd, path, flags, RESOLVE_IN_ROOT);
    if (fd.valid() || errno != EAGAIN || i == kTries) {
      return fd;
    }
  }
}

}  // namespace sg::host
