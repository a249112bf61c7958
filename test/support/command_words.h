// SPDX-License-Identifier: Apache-2.0
// command_words.h - the words behind a command into its options, or into what it prints.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command_line.h"
#include "cli/commands.h"

namespace sg::test {

using Words = std::vector<std::string>;

template <typename Options>
Result<Options> read_words(const app::Command& command,
                           Result<Options> (*read)(const app::Arguments&), const Words& words) {
  const Result<app::Arguments> arguments = app::read_arguments(words, command);
  return arguments ? read(*arguments) : arguments.error();
}

inline app::Outcome run_words(const Words& words) {
  return app::run_command_line(words, app::program_command(), app::all_commands());
}

}  // namespace sg::test
