// SPDX-License-Identifier: Apache-2.0
// held_number.h - the number that a sysctl holds, for a verdict that depends on it.
#pragma once

#include <optional>
#include <string>

#include "cli/check/cmd_check.h"

namespace sg::cli {

struct HeldNumber {
  std::optional<std::string> number;  // as the kernel shows it, without a newline
  std::string unknown;                // why there is none, as a clause; empty where there is one
};

// What --current says of the sysctl (slash form); else what the running kernel shows, of a sysctl
// that the container shares with the host.
[[nodiscard]] HeldNumber held_number(const CheckInput& input, const std::string& name);

// Adds a warning for each --current of a sysctl whose writes nobody asks about.
void warn_of_unused_numbers(const CheckInput& input, Diagnostics& findings);

}  // namespace sg::cli
