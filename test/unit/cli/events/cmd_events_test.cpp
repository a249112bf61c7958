// SPDX-License-Identifier: Apache-2.0
// cmd_events_test.cpp - the command line of `events`, and whose events an ID, the beginning of one,
// or a name means.
#include "cli/events/cmd_events.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/command_words.h"
#include "support/some_guards.h"

using sg::cli::EventForm;
using sg::cli::EventsOptions;
using sg::cli::filter_of_container;
using sg::events::Event;
using sg::events::EventFilter;
using sg::guard::Containers;
using sg::test::view_of;

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

namespace {

// Those of `ids` whose events `wanted` means, or the message.
std::string taken(const Containers& containers, const std::string& wanted,
                  const std::vector<std::string>& ids) {
  const sg::Result<EventFilter> filter = filter_of_container(containers, wanted);
  if (!filter) {
    return filter.error().message;
  }
  std::string out;
  for (const std::string& id : ids) {
    Event event;
    event.container = id;
    out += filter->takes(event) ? (out.empty() ? "" : " ") + id : "";
  }
  return out;
}

}  // namespace

TEST_CASE(
    "Event filter: a guarded container by its ID, its name, and what its ID alone begins with") {
  Containers containers;
  for (const auto& [id, name] : std::vector<std::pair<std::string, std::string>>{
           {"aa1", "web"}, {"aa10", "db"}, {"bb1", "app"}, {"bb2", "app"}, {"cc1", "dd"}}) {
    containers.guards.push_back(view_of({id, name}));
  }
  for (const auto& [id, name] : std::vector<std::pair<std::string, std::string>>{
           {"p0", "default/vpn/"}, {"p1", "default/vpn/wg"}, {"p2", "default/other/wg"}}) {
    containers.guards.push_back(view_of({id, name}));
  }
  CHECK(taken(containers, "default/vpn", {"p0", "p1", "p2"}) == "p0 p1");
  CHECK(taken(containers, "default/vpn/wg", {"p0", "p1", "p2"}) == "p1");
  CHECK(taken(containers, "sandbox of default/vpn", {"p0", "p1", "p2"}) == "p0");
  containers.guards.push_back(sg::test::foreign_view());
  // aa11, dd1 and ee1 are gone.
  const std::vector<std::string> ids{"aa1", "aa10", "aa11", "bb1", "bb2", "cc1", "dd1", "ee1"};
  CHECK(taken(containers, "aa1", ids) == "aa1");  // the whole ID, though others begin like this
  CHECK(taken(containers, "web", ids) == "aa1");
  CHECK(taken(containers, "c", ids) == "cc1");
  CHECK(taken(containers, "e", ids) == "ee1");
  CHECK(taken(containers, "dd", ids) == "cc1 dd1");  // a name hides nobody's events
  CHECK(taken(containers, "x", ids).empty());
  CHECK(taken(containers, "a", ids) == "'a': several IDs begin like this: aa1 (web), aa10 (db)");
  CHECK(taken(containers, "app", ids) ==
        "'app': several containers have this name: bb1 (app), bb2 (app)");
  // Two guards of one container are one container.
  containers.guards.push_back(view_of({"aa1", "web"}, {}, {}, "/other"));
  CHECK(taken(containers, "aa1", ids) == "aa1");
  CHECK(taken({}, "aa1", ids) == "aa1 aa10 aa11");
}

TEST_CASE("Event filter: a name that is another container's ID, or its beginning") {
  const std::string victim = "3f4e8b1c2d9a55660718293a4b5c6d7e8f90011223344556677889900aabbccd";
  const std::vector<std::string> ids{victim, "evil"};
  for (const std::size_t size : {12U, 63U, 64U}) {
    const std::string name = victim.substr(0, size);
    Containers containers;
    containers.guards.push_back(view_of({"evil", name}));
    INFO(name);
    CHECK(taken(containers, name, ids) == victim);  // which is gone, or has no guard
    CHECK(taken(containers, victim, ids) == victim);
    CHECK(taken(containers, "evil", ids) == "evil");
    containers.guards.push_back(view_of({.id = victim}));
    CHECK(taken(containers, name, ids) ==
          (size == 64 ? victim
                      : "'" + name + "': it could mean several containers: " + victim + ", evil (" +
                            name + ")"));
  }
}
