// SPDX-License-Identifier: Apache-2.0
// file_io.cpp - whole files and streams into strings, each with a limit, and strings into
// descriptors.
//
// One buffer grows up to the limit and one byte more: that byte is how an input of exactly the
// limit differs from a longer one. Interrupted calls go on, and a descriptor that was left
// non-blocking is waited for, since a short read here would be a policy cut short.
#include "base/file_io.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

namespace sg {
namespace {

// Holds a container's state and the files of /proc; of other files the size is known, and larger
// inputs grow from here.
constexpr std::size_t kFirstSize = std::size_t{4} << 10;

// After a call that failed: whether to call again, since a signal came in between, or the
// descriptor was not ready and now is. False, with errno, for every other failure.
bool may_go_on(int fd, short events) {
  if (errno == EAGAIN) {
    pollfd wait{fd, events, 0};
    return ::poll(&wait, 1, /*timeout=*/-1) >= 0 || errno == EINTR;
  }
  return errno == EINTR;
}

// read(2) that goes on after signals and waits where nothing is there yet: bytes read, 0 at the
// end, or -1 with errno.
ssize_t read_some(int fd, char* to, std::size_t size) {
  for (;;) {
    const ssize_t n = ::read(fd, to, size);
    if (n >= 0 || !may_go_on(fd, POLLIN)) {
      return n;
    }
  }
}

// The size to begin with: a regular file's own and one byte more, so that its end is seen at once.
std::size_t first_size(int fd, std::size_t limit) {
  struct stat info {};
  std::size_t size = kFirstSize;
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    size = std::max(size, static_cast<std::size_t>(info.st_size) + 1);
  }
  return std::min(size, limit + 1);
}

// Reads to the end and throws away, at most kDrainMax bytes. An error ends it too: the caller
// reports what it found before.
void drain(int fd) {
  std::array<char, 65536> scrap{};
  std::size_t done = 0;
  while (done < kDrainMax) {
    const ssize_t n = read_some(fd, scrap.data(), std::min(scrap.size(), kDrainMax - done));
    if (n <= 0) {
      return;
    }
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace

Result<std::string> read_all(int fd, std::size_t limit, const std::string& what) {
  std::string text(first_size(fd, limit), '\0');
  std::size_t used = 0;
  for (;;) {
    const ssize_t n = read_some(fd, text.data() + used, text.size() - used);
    if (n < 0) {
      const int saved_errno = errno;
      return system_error(what + ": cannot be read", saved_errno, "");
    }
    if (n == 0) {
      text.resize(used);
      return text;
    }
    used += static_cast<std::size_t>(n);
    if (used > limit) {
      drain(fd);
      return Error{Errc::kBadInput,
                   what + ": larger than the limit of " + std::to_string(limit) + " bytes",
                   "make it smaller"};
    }
    if (used == text.size()) {
      text.resize(std::min(text.size() * 2, limit + 1));
    }
  }
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (!may_go_on(fd, POLLOUT)) {
      return false;
    }
  }
  return true;
}

Result<std::string> read_file(int dir_fd, const std::string& path, std::size_t limit) {
  const std::string what = "file '" + escape(path) + "'";
  if (path.find('\0') != std::string::npos) {
    return system_error(what + ": cannot be opened", EINVAL, "no path contains a zero byte");
  }
  const UniqueFd file(::openat(dir_fd, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.valid()) {
    const int saved_errno = errno;
    return system_error(what + ": cannot be opened", saved_errno, "");
  }
  return read_all(file.get(), limit, what);
}

bool is_same_file(const struct stat& one, const struct stat& other) noexcept {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

std::optional<std::string> read_link(int dir_fd, const std::string& path) {
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlinkat(dir_fd, path.c_str(), target.data(), target.size());
  return length < 0 ? std::nullopt
                    : std::optional(std::string(target.data(), static_cast<std::size_t>(length)));
}

std::optional<std::string> path_of(int fd) {
  return read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(fd));
}

}  // namespace sg
