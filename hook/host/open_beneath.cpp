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

UniqueFd open_beneath(int dir_fd, const std::string& path, int flags, Mounts mounts) {
  if (path.find('\0') != std::string::npos) {
    errno = EINVAL;
    return UniqueFd();
  }
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  how.resolve |= mounts == Mounts::kNone ? RESOLVE_NO_XDEV : 0;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, dir_fd, path.c_str(), &how, sizeof how)));
}

}  // namespace sg::host
