// SPDX-License-Identifier: Apache-2.0
// learn_input_test.cpp - which events count, and that equal ones become one.
#include "cli/learn/learn_input.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace sg;
using events::Event;
using policy::Verdict;

namespace {

Event event(const std::string& container, bool write, const std::string& name,
            const std::string& value, Verdict verdict) {
  Event event;
  event.container = container;
  event.write = write;
  event.name = name;
  event.value = value;
  event.value_len = static_cast<std::uint32_t>(value.size());
  event.verdict = verdict;
  return event;
}

}  // namespace

TEST_CASE("Learn input: refused writes are counted, allowed ones are not") {
  std::vector<Event> events = {event("c1", true, "a", "1", Verdict::kDeny),
                               event("c1", true, "a", "1", Verdict::kWouldDeny),
                               event("c1", true, "a", "2", Verdict::kAllow),
                               event("c1", true, "a", "1", Verdict::kDeny),
                               event("c1", false, "r", "", Verdict::kDeny),
                               event("c1", false, "s", "", Verdict::kAllow)};
  events[3].file_pos = 4;
  const cli::LearnInput input = cli::gather(events, "");
  REQUIRE(input.writes.size() == 2);
  CHECK_FALSE(input.writes[0].at_position_zero);
  CHECK(input.writes[0].count == 1);
  CHECK(input.writes[1].at_position_zero);
  CHECK(input.writes[1].count == 2);
  CHECK(input.writes[1].value_size == 1);
  CHECK(input.reads == std::map<std::string, std::uint64_t>{{"r", 1}});
  CHECK(input.containers == std::set<std::string>{"c1"});
}

TEST_CASE("Learn input: one container, by its ID") {
  const std::vector<Event> events = {event("c1", true, "a", "1", Verdict::kDeny),
                                     event("c10", true, "a", "1", Verdict::kDeny),
                                     event("d", true, "a", "1", Verdict::kDeny)};
  CHECK(cli::gather(events, "c1").writes.at(0).count == 1);
  CHECK(cli::gather(events, "").containers.size() == 3);
  CHECK(cli::gather(events, "x").writes.empty());
}

TEST_CASE("Learn input: the ID that is meant, or all that it could be") {
  const std::string cut(79, 'e');  // of a longer ID
  const std::vector<Event> events = {
      event("c10", true, "a", "1", Verdict::kDeny),   event("c1", true, "a", "1", Verdict::kDeny),
      event("c20\n", true, "a", "1", Verdict::kDeny), event("c21", true, "a", "1", Verdict::kDeny),
      event("c21", true, "a", "1", Verdict::kDeny),   event("d0", true, "a", "1", Verdict::kDeny),
      event(cut, true, "a", "1", Verdict::kDeny)};
  const auto id = [&](const std::string& wanted) {
    const Result<std::string> found = cli::id_among(events, wanted);
    return found ? *found : found.error().message;
  };
  CHECK(id("c1") == "c1");  // though another one begins like this
  CHECK(id("c21") == "c21");
  CHECK(id("d") == "d0");
  CHECK(id("c2") == "'c2': several IDs begin like this: c20\\n, c21");
  CHECK(id("x") == "x");
  CHECK(id("").empty());
  CHECK(id(cut + "more") == cut);
  CHECK(id("eee") == cut);
  CHECK(cli::id_among(events, "c2").error().code == Errc::kUsage);
}

TEST_CASE("Learn input: lines of events") {
  const Event one = event("c1", true, "net/\xff", "1\n", Verdict::kDeny);
  const std::string line = events::to_json_line(one);
  const auto events = cli::read_event_lines(line + "\n" + line);
  REQUIRE(events);
  CHECK(*events == std::vector<Event>{one, one});
  CHECK(cli::read_event_lines("")->empty());
  std::string windows = line;
  windows.insert(windows.size() - 1, "\r");
  CHECK(cli::read_event_lines(windows)->size() == 1);
  const auto bad = cli::read_event_lines(line + "{}\n");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message.starts_with("line 2: "));
}
