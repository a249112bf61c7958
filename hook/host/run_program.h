// SPDX-License-Identifier: Apache-2.0
// run_program.h - other programs: where they are, and what they print within a time.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace sg::host {

// The program of that name in PATH, then in the directories of system programs, which PATH may
// lack; nothing where there is none.
[[nodiscard]] std::optional<std::string> find_in_path(const std::string& name);

// Standard output of a program that ended with 0 in time. Never a shell; its standard input is
// empty, and its standard error is thrown away. Errors: kSystem where it cannot be run, takes
// longer (it is then killed), ends otherwise, or prints more than 4 MiB.
[[nodiscard]] Result<std::string> output_of(const std::string& program,
                                            std::span<const std::string> arguments, int timeout_ms);

}  // namespace sg::host
