// SPDX-License-Identifier: Apache-2.0
// help.h - the declaration of a command into the text that --help prints, and all of them into
// JSON.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace sg::cli {

// At most 80 columns wide, with a final newline; options and exit codes stand in two columns.
[[nodiscard]] std::string help_text(const Command& command);

// The names of the commands with a line about each, for the help of the program itself.
[[nodiscard]] std::string command_list(std::span<const Command> commands);

// {"program": {...}, "commands": [{"name": ..., "line": ..., "options": [...], "exitCodes": [...]},
// ...]}: what completions and the lint of the man pages need.
[[nodiscard]] std::string declarations_json(const Command& program,
                                            std::span<const Command> commands);

}  // namespace sg::cli
