// SPDX-License-Identifier: Apache-2.0
// held_number.h - the number that a sysctl holds, for a verdict that depends on it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "cli/check/cmd_check.h"
#include "policy/policy.h"

namespace sg::cli {

struct HeldNumber {
  std::optional<std::string> number;  // as the kernel shows it, without a newline
  std::string unknown;                // why there is none, as a clause; empty where there is one
};

// What --current says of the sysctl (slash form); else what the running kernel shows, of a sysctl
// that the container shares with the host.
[[nodiscard]] HeldNumber held_number(const CheckInput& input, const std::string& name);

// The number that the rule's sysctl holds, where all that the rule permits is to raise it, and the
// number is above its end already: then the rule grants nothing.
[[nodiscard]] std::optional<std::string> number_above(const CheckInput& input,
                                                      const policy::Rule& rule);

// Adds a warning for each such rule among the annotations' `allow`.
void warn_of_numbers_above(std::span<const policy::Rule> rules, const CheckInput& input,
                           Diagnostics& findings);

// Adds a warning for each --current of a sysctl whose writes nobody asks about, and that none of
// the `rules` is there to raise.
void warn_of_unused_numbers(const CheckInput& input, std::span<const policy::Rule> rules,
                            Diagnostics& findings);

}  // namespace sg::cli
