// SPDX-License-Identifier: Apache-2.0
// command_line.cpp - the first word names the command, the others are its arguments.
#include "cli/command_line.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/help.h"

namespace sg::cli {
namespace {

Outcome run(const Command& command, std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, command);
  if (arguments && arguments->has("--help")) {
    return {.output = help_text(command)};
  }
  Result<Outcome> outcome = arguments ? command.run(*arguments) : arguments.error();
  if (outcome) {
    return *std::move(outcome);
  }
  Error error = std::move(outcome).error();
  error.hint = "see sysctl-guard " + (command.name.empty() ? "" : command.name + " ") + "--help";
  return outcome_of(error, kExitUsage);
}

Error unknown_command(const std::string& word, std::span<const Command> commands) {
  std::vector<std::string_view> names;
  for (const Command& command : commands) {
    names.push_back(command.name);
  }
  return Error{Errc::kUsage, "unknown command '" + escape(word) + "'" + did_you_mean(word, names),
               "see sysctl-guard --help"};
}

}  // namespace

Outcome outcome_of(const Error& error, int exit_code) {
  return {.exit_code = exit_code,
          .errors = "sysctl-guard: " + error.message + "\n" +
                    (error.hint.empty() ? "" : "hint: " + error.hint + "\n")};
}

Error wrong_arguments(std::string message) { return Error{Errc::kUsage, std::move(message), ""}; }

Outcome run_command_line(std::span<const std::string> words, const Command& program,
                         std::span<const Command> commands) {
  if (words.empty() || words.front().starts_with('-')) {
    return run(program, words);
  }
  const auto command = std::ranges::find(commands, words.front(), &Command::name);
  return command == commands.end()
             ? outcome_of(unknown_command(words.front(), commands), kExitUsage)
             : run(*command, words.subspan(1));
}

}  // namespace sg::cli
