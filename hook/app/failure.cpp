// SPDX-License-Identifier: Apache-2.0
// failure.cpp - message and hint, and the clock.
#include "app/failure.h"

#include <chrono>

namespace sg::app {

Outcome failure(const Error& error, int exit_code) {
  return Outcome{.exit_code = exit_code,
                 .output = "",
                 .errors = "sysctl-guard: " + error.message + "\n" +
                           (error.hint.empty() ? "" : "hint: " + error.hint + "\n")};
}

std::int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace sg::app
