// SPDX-License-Identifier: Apache-2.0
// failure.h - an error as what a command of `sysctl-guard` prints.
#pragma once

#include "app/command.h"
#include "base/result.h"

namespace sg::app {

// "sysctl-guard: <what>: <why>" and, on a line of its own, the hint where there is one; nothing on standard output.
[[nodiscard]] Outcome failure(const Error& error, int exit_code);

}  // namespace sg::app
