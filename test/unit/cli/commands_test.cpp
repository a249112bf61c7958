// SPDX-License-Identifier: Apache-2.0
// commands_test.cpp - every command is in the list once, and each has what a command must have;
// which one is meant, and how what is wrong is said.
#include "cli/commands.h"

#include <set>
#include <string>

#include "support/catch.h"
#include "support/command_words.h"

using namespace sg;
using test::run_words;
using test::Words;

TEST_CASE("Commands: names are there once, options of a command too, and each runs something") {
  std::set<std::string> names;
  for (const cli::Command& command : cli::all_commands()) {
    INFO(command.name);
    CHECK(names.insert(command.name).second);
    CHECK(command.run != nullptr);
    CHECK_FALSE(command.line.empty());
    std::set<std::string> options = {"--help"};
    for (const cli::Option& option : command.options) {
      CHECK(options.insert(option.name).second);
      CHECK_FALSE(option.help.empty());
    }
    for (const auto& [first, second] : command.conflicts) {
      CHECK((options.contains(first) && options.contains(second)));
    }
    CHECK(cli::program_command().details.find("\n  " + command.name + " ") != std::string::npos);
  }
}

TEST_CASE("Commands: all of them as one document") {
  const std::string json = test::run_words({"--list-commands"}).output;
  for (const cli::Command& command : cli::all_commands()) {
    CHECK(json.find("{\"name\": \"" + command.name + "\"") != std::string::npos);
  }
}

TEST_CASE("failure: message and hint are lines of standard error, the hint where there is one") {
  const cli::Outcome both = cli::outcome_of(Error{Errc::kSystem, "what: why", "do this"}, 2);
  CHECK(both.exit_code == 2);
  CHECK(both.output.empty());
  CHECK(both.errors == "sysctl-guard: what: why\nhint: do this\n");
  CHECK(cli::outcome_of(Error{Errc::kSystem, "what: why", ""}).errors ==
        "sysctl-guard: what: why\n");
  CHECK(cli::outcome_of(Error{Errc::kSystem, "what: why", ""}).exit_code == cli::kExitFailed);
}

TEST_CASE("Command line: mistakes name what is wrong and the help") {
  struct Case {
    const char* why;
    Words words;
    std::string errors;
  };
  const std::string general = "\nhint: see sysctl-guard --help\n";
  const Case cases[] = {
      {"no command", {}, "no command given" + general},
      {"a near command", {"chek"}, "unknown command 'chek'; did you mean 'check'?" + general},
      {"control bytes", {"\x1b[31m"}, "unknown command '\\x1b[31m'" + general},
      {"an empty command", {""}, "unknown command ''" + general},
      {"an option of a command in front of it",
       {"--json", "check"},
       "unknown option '--json'" + general},
      {"a command behind --version",
       {"--version", "check"},
       "nothing can stand here: 'check'" + general},
      {"of a command",
       {"list", "x"},
       "nothing can stand here: 'x'\nhint: see sysctl-guard list --help\n"},
      {"no container",
       {"show"},
       "no container given: an ID, the beginning of one, or a name\nhint: see sysctl-guard show "
       "--help\n"},
      {"two forms",
       {"show", "a", "--json", "--graph"},
       "--json and --graph do not go together\nhint: see sysctl-guard show --help\n"},
      {"a file without a name",
       {"metrics", "--output="},
       "--output: the file has no name\nhint: see sysctl-guard metrics --help\n"},
      {"a value of a command",
       {"check", "=1"},
       "the access '=1' has no name\nhint: see sysctl-guard check --help\n"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const cli::Outcome outcome = run_words(c.words);
    CHECK(outcome.exit_code == cli::kExitUsage);
    CHECK(outcome.output.empty());
    CHECK(outcome.errors == "sysctl-guard: " + c.errors);
  }
}

TEST_CASE("Command line: --version is the command version") {
  CHECK(run_words({"--version"}).output == run_words({"version"}).output);
  CHECK(run_words({"--version"}).exit_code == cli::kExitDone);
}
