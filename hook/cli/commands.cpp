// SPDX-License-Identifier: Apache-2.0
// commands.cpp - the list of the commands, and the program's own options.
#include "cli/commands.h"

#include "cli/help.h"

namespace sg::cli {
namespace {

Result<Outcome> run(const Arguments& arguments) {
  if (arguments.has("--version")) {
    return version_command().run({});
  }
  if (arguments.has("--list-commands")) {
    return Outcome{.output = declarations_json(program_command(), all_commands())};
  }
  return wrong_arguments("no command given");
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
          .run = run};
}

}  // namespace sg::cli
