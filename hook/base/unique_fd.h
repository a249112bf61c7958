// SPDX-License-Identifier: Apache-2.0
// unique_fd.h - owns one file descriptor and closes it.
//
// Moves hand the descriptor over and leave -1 behind; assigning to itself keeps it. Raw numbers are
// borrowed through get() for one call and never stored.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace sg {

class UniqueFd {
 public:
  UniqueFd() noexcept = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) {
      (void)::close(old);
    }
  }

 private:
  int fd_ = -1;
};

// The same open file under a number of its own; invalid, with errno, where that cannot be had.
[[nodiscard]] inline UniqueFd duplicate(int fd) noexcept {
  return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

}  // namespace sg
