// SPDX-License-Identifier: Apache-2.0
// command_words.h - the words behind a command into its options, or into what it prints.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/commands.h"

namespace sg::test {

using Words = std::vector<std::string>;

template <typename Options>
Result<Options> read_words(const cli::Command& command,
                           Result<Options> (*read)(const cli::Arguments&), const Words& words) {
  const Result<cli::Arguments> arguments = cli::read_arguments(words, command);
  return arguments ? read(*arguments) : arguments.error();
}

inline cli::Outcome run_words(const Words& words) { return cli::run_command_line(words); }

}  // namespace sg::test
