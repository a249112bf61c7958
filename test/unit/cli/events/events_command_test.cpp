// SPDX-License-Identifier: Apache-2.0
// events_command_test.cpp - the command line of `events`.
#include "cli/events/events_command.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/command_words.h"

using sg::cli::EventForm;
using sg::cli::EventsOptions;

namespace {

sg::Result<EventsOptions> read(const std::vector<std::string>& words) {
  return sg::test::read_words(sg::cli::events_command(), sg::cli::read_events_options, words);
}

EventsOptions parsed(const std::vector<std::string>& words) {
  const sg::Result<EventsOptions> options = read(words);
  REQUIRE(options);
  return *options;
}

std::string message_of(const std::vector<std::string>& words) {
  const sg::Result<EventsOptions> options = read(words);
  REQUIRE_FALSE(options);
  CHECK(options.error().code == sg::Errc::kUsage);
  return options.error().message;
}

}  // namespace

TEST_CASE("Events options: by default a table of all") {
  const EventsOptions options = parsed({});
  CHECK(options.form == EventForm::kTable);
  CHECK_FALSE(options.follow);
  CHECK_FALSE(options.clear);
  CHECK_FALSE(options.clock);
  CHECK(options.container.empty());
  CHECK_FALSE(options.ago_ns);
  CHECK_FALSE(options.since_ns);
}

TEST_CASE("Events options: each of them") {
  CHECK(parsed({"--json"}).form == EventForm::kJson);
  CHECK(parsed({"--journal", "--follow"}).form == EventForm::kJournal);
  CHECK(parsed({"--follow"}).follow);
  CHECK(parsed({"--clear", "--json"}).clear);
  CHECK(parsed({"--container", "3f4e"}).container == "3f4e");
  CHECK(parsed({"--since", "10m"}).ago_ns == 600'000'000'000);
  CHECK(parsed({"--since=2025-11-25T09:30:00Z"}).since_ns == 1'764'063'000'000'000'000);
  CHECK(parsed({"--time", "age"}).clock == false);
  CHECK(parsed({"--time", "clock"}).clock == true);
}

TEST_CASE("Events options: mistakes") {
  CHECK(message_of({"web"}) ==
        "nothing can stand here: 'web'; the events of one container are those of --container ID");
  CHECK(
      message_of({"--since", "yesterday"}) ==
      "--since: 'yesterday' is neither a duration, as 2h30m, nor a time, as 2026-11-25T09:30:00Z");
  CHECK(message_of({"--since", "\x1b[2J"}).find('\x1b') == std::string::npos);
  CHECK(message_of({"--time", "utc"}) == "--time: 'utc' is neither age nor clock");
  CHECK(message_of({"--container", ""}) == "--container: no ID given");
  CHECK(message_of({"--folow"}) == "unknown option '--folow'; did you mean '--follow'?");
}

TEST_CASE("Events options: what would put away unseen events, and two forms at a time") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--clear", "--follow"},
                                                {"--clear", "--container", "a"},
                                                {"--clear", "--since", "1m"},
                                                {"--clear", "--journal"},
                                                {"--json", "--journal"},
                                                {"--json", "--time", "age"},
                                                {"--journal", "--time", "age"}}) {
    CHECK(message_of(words).find("do not go together") != std::string::npos);
  }
}
