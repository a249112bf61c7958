// SPDX-License-Identifier: Apache-2.0
// command_line.h - the command line of `sysctl-guard` to the command that is meant, and to what it
// is to print.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace sg::cli {

// `words` are those behind the program's name. `program` is the declaration of `sysctl-guard`
// itself: its options stand where there is no command.
[[nodiscard]] Outcome run_command_line(std::span<const std::string> words, const Command& program,
                                       std::span<const Command> commands);

}  // namespace sg::cli
