// SPDX-License-Identifier: Apache-2.0
// commands.cpp - the list of the commands, and the program's own options. The first word of a
// command line names the command, the others are its arguments.
#include "cli/commands.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/help.h"

namespace sg::cli {
namespace {

// Where there is no command.
Result<Outcome> run_program(const Arguments& arguments) {
  if (arguments.has("--version")) {
    return version_command().run({});
  }
  if (arguments.has("--list-commands")) {
    return Outcome{.output = declarations_json(program_command(), all_commands())};
  }
  return wrong_arguments("no command given");
}

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

Error unknown_command(const std::string& word) {
  std::vector<std::string_view> names;
  for (const Command& command : all_commands()) {
    names.push_back(command.name);
  }
  return Error{Errc::kUsage, "unknown command '" + escape(word) + "'" + did_you_mean(word, names),
               "see sysctl-guard --help"};
}

}  // namespace

const std::vector<Command>& all_commands() {
  static const std::vector<Command> kCommands = {
      check_command(),  install_command(), doctor_command(),  events_command(),
      list_command(),   show_command(),    metrics_command(), learn_command(),
      update_command(), detach_command(),  version_command()};
  return kCommands;
}

Command program_command() {
  return {.name = "",
          .line = "",
          .about = "which kernel parameters a container may read and write",
          .usage = {"COMMAND [OPTION]..."},
          .details = command_list(all_commands()),
          .options = {{"--version", "", "print the version"},
                      {"--list-commands", "",
                       "print all commands with their options as one JSON document"}},
          .conflicts = {{"--version", "--list-commands"}},
          .examples = {{"", "sysctl-guard check --help"},
                       {"",
                        "sysctl-guard check --annotation 'io.sysctl-guard.allow=net.ipv4.*' \\\n"
                        "    net.ipv4.ip_forward=1"}},
          .exit_codes = {{kExitDone, "done"},
                         {kExitUsage, "wrong arguments; the codes of a command are in its help"}},
          .run = run_program};
}

Outcome run_command_line(std::span<const std::string> words) {
  if (words.empty() || words.front().starts_with('-')) {
    return run(program_command(), words);
  }
  const auto command = std::ranges::find(all_commands(), words.front(), &Command::name);
  return command == all_commands().end() ? outcome_of(unknown_command(words.front()), kExitUsage)
                                         : run(*command, words.subspan(1));
}

}  // namespace sg::cli
