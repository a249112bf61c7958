// SPDX-License-Identifier: Apache-2.0
// commands_test.cpp - every command is in the list once, and each has what a command must have.
#include "cli/commands.h"

#include <set>
#include <string>

#include "support/catch.h"
#include "support/command_words.h"

using namespace sg;

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
