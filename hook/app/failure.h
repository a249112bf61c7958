// SPDX-License-Identifier: Apache-2.0
// failure.h - an error as what a command of `sysctl-guard` prints, and the time as commands need it.
#pragma once

#include <cstdint>

#include "app/command.h"
#include "base/result.h"

namespace sg::app {

// "sysctl-guard: <what>: <why>" and, on a line of its own, the hint where there is one; nothing on standard output.
[[nodiscard]] Outcome failure(const Error& error, int exit_code);

// Nanoseconds since 1970 (CLOCK_REALTIME).
[[nodiscard]] std::int64_t now_ns();

}  // namespace sg::app
