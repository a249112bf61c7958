// SPDX-License-Identifier: Apache-2.0
// help_test.cpp - the layout of a help text, and that every command has a whole one.
#include "cli/help.h"

#include <string>
#include <string_view>

#include "base/text.h"
#include "support/catch.h"
#include "support/command_words.h"

using namespace sg;

namespace {

cli::Command some_command() {
  return {
      .name = "try",
      .line = "try a thing",
      .about =
          "try a thing, and say in so many words that one line cannot hold them what came of it.",
      .usage = {"THING", "--all"},
      .details =
          "Things:\n  a      the first one, of which there is so much to say that it goes on below "
          "itself\n  longer  x",
      .options = {{"--all", "", "first\n  sub  second"}, {"--of", "DIR", "where they are"}},
      .notes = "A note.",
      .examples = {{"", "try it"}, {"Why?", "try \\\n    it"}},
      .exit_codes = {{0, "done"}, {2, "wrong"}}};
}

}  // namespace

TEST_CASE("Help: lines are broken, and what goes on stands in its column") {
  CHECK(cli::help_text(some_command()) ==
        "sysctl-guard try: try a thing, and say in so many words that one line cannot\n"
        "hold them what came of it.\n"
        "\n"
        "Usage: sysctl-guard try THING\n"
        "       sysctl-guard try --all\n"
        "\n"
        "Things:\n"
        "  a      the first one, of which there is so much to say that it goes on below\n"
        "         itself\n"
        "  longer  x\n"
        "\n"
        "Options:\n"
        "  --all       first\n"
        "                sub  second\n"
        "  --of DIR    where they are\n"
        "  -h, --help  print this help\n"
        "\n"
        "A note.\n"
        "\n"
        "Examples:\n"
        "  try it\n"
        "  Why?\n"
        "    try \\\n"
        "        it\n"
        "\n"
        "Exit codes:\n"
        "  0  done\n"
        "  2  wrong\n");
}

TEST_CASE("Help: every command has one that fits 80 columns, with examples and exit codes") {
  std::vector<cli::Command> commands = cli::all_commands();
  commands.push_back(cli::program_command());
  for (const cli::Command& command : commands) {
    INFO(command.name);
    const cli::Outcome outcome = test::run_words(
        command.name.empty() ? test::Words{"-h"} : test::Words{command.name, "--help"});
    CHECK(outcome.exit_code == cli::kExitDone);
    CHECK(outcome.output == cli::help_text(command));
    CHECK_FALSE(command.examples.empty());
    CHECK(command.exit_codes.front().code == cli::kExitDone);
    CHECK(command.exit_codes.back().code == cli::kExitUsage);
    for (const std::string_view line : split(outcome.output, '\n')) {
      INFO(line);
      CHECK(line.size() <= 80);
      CHECK_FALSE(line.ends_with(' '));
    }
  }
}

TEST_CASE("Help: the list of commands, and the declarations as JSON") {
  const std::vector<cli::Command> commands = {some_command()};
  CHECK(cli::command_list(commands) == "Commands:\n  try  try a thing");
  const std::string json = cli::declarations_json(some_command(), commands);
  CHECK(json.find("\"commands\": [\n    {\"name\": \"try\", \"line\": \"try a thing\", "
                  "\"options\": [{\"name\": "
                  "\"--all\", \"value\": null, ") != std::string::npos);
  CHECK(json.find("\"exitCodes\": [0, 2]}\n  ]\n}\n") != std::string::npos);
}
