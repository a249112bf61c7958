// SPDX-License-Identifier: Apache-2.0
// interruptible.h - waiting and writing that end in good order: at SIGINT, at SIGTERM, where the
// reader went away.
#pragma once

#include <signal.h>

#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sg::cli {

enum class Progress {
  kReady,   // written; or there is something to read
  kTime,    // the time is over
  kEnd,     // a signal came, or nobody reads the output any more
  kFailed,  // the output cannot be written; errno says why
};

// Keeps the two signals from the process for as long as it lives, and SIGPIPE. One at a time.
class Interruptible {
 public:
  // `out_fd` is where write() writes to; -1: nothing but "" is written. Errors: kSystem.
  [[nodiscard]] static Result<Interruptible> open(int out_fd);

  Interruptible(Interruptible&& other) noexcept;
  Interruptible& operator=(Interruptible&&) = delete;
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  // The signals are as they were before. One that came meanwhile has had its effect.
  ~Interruptible();

  // Until `fd` has something to read (-1: nothing to wait for), or the time is over.
  [[nodiscard]] Progress wait(int fd, int timeout_ms) const;

  // All of the text, however slowly it is read; after a signal as far as it is read without a wait.
  [[nodiscard]] Progress write(std::string_view text) const;

 private:
  Interruptible(int out_fd, UniqueFd signals, const sigset_t& old) noexcept
      : out_fd_(out_fd), signals_(std::move(signals)), old_(old) {}

  int out_fd_;  // the caller's
  UniqueFd signals_;
  sigset_t old_;
};

}  // namespace sg::cli
