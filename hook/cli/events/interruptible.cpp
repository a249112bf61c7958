// SPDX-License-Identifier: Apache-2.0
// interruptible.cpp - poll() on the signals, the output and what is waited for.
#include "cli/events/interruptible.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace sg::cli {
namespace {

constexpr short kGone = POLLERR | POLLHUP | POLLNVAL;

}  // namespace

Result<Interruptible> Interruptible::open(int out_fd) {
  sigset_t wanted;
  (void)sigemptyset(&wanted);
  for (const int signal : {SIGINT, SIGTERM}) {
    (void)sigaddset(&wanted, signal);
  }
  UniqueFd signals(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.valid()) {
    return system_error("signalfd", errno, "");
  }
  (void)sigaddset(&wanted, SIGPIPE);  // write() says it
  sigset_t old;
  if (::sigprocmask(SIG_BLOCK, &wanted, &old) != 0) {
    return system_error("sigprocmask", errno, "");
  }
  return Interruptible(out_fd, std::move(signals), old);
}

Interruptible::Interruptible(Interruptible&& other) noexcept
    : out_fd_(other.out_fd_), signals_(std::move(other.signals_)), old_(other.old_) {}

Interruptible::~Interruptible() {
  if (!signals_.valid()) {
    return;
  }
  // What is pending would end the process otherwise, which has ended by it in good order.
  const timespec now{};
  sigset_t ours;
  (void)sigemptyset(&ours);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) {
    (void)sigaddset(&ours, signal);
  }
  while (::sigtimedwait(&ours, nullptr, &now) > 0) {}
  (void)::sigprocmask(SIG_SETMASK, &old_, nullptr);
}

Progress Interruptible::wait(int fd, int timeout_ms) const {
  // No events of the output are asked for: errors and a reader that is gone are always told.
  std::array<pollfd, 3> fds{{{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                             {.fd = out_fd_, .events = 0, .revents = 0},
                             {.fd = fd, .events = POLLIN, .revents = 0}}};
  const int count = ::poll(fds.data(), fds.size(), timeout_ms);
  if (count <= 0) {
    return Progress::kTime;  // other signals end it early, which does no harm
  }
  if (fds[0].revents != 0 || (fds[1].revents & kGone) != 0) {
    return Progress::kEnd;
  }
  return fds[2].revents != 0 ? Progress::kReady : Progress::kTime;
}

Progress Interruptible::write(std::string_view text) const {
  while (!text.empty()) {
    std::array<pollfd, 2> fds{{{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                               {.fd = out_fd_, .events = POLLOUT, .revents = 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0) {
      continue;  // another signal
    }
    if (fds[1].revents == 0) {
      return Progress::kEnd;
    }
    // A pipe that is ready has room for so much: the write does not wait, so that a signal is seen.
    const ssize_t count =
        ::write(out_fd_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE || errno == EIO) {  // EIO: the terminal is gone
      return Progress::kEnd;
    } else if (errno != EAGAIN && errno != EINTR) {
      return Progress::kFailed;
    }
  }
  return Progress::kReady;
}

}  // namespace sg::cli
