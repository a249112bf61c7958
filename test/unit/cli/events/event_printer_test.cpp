// SPDX-License-Identifier: Apache-2.0
// event_printer_test.cpp - rows, runs and widths, and that nothing of a container's reaches the
// terminal raw.
#include "cli/events/event_printer.h"

#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/catch.h"

using sg::cli::EventTable;
using sg::events::Event;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNow = 1'764'063'000 * kSecond;  // 2025-11-25 09:30:00 UTC

Event make_event(std::string name, std::uint32_t pid = 7, std::int64_t age_s = 5) {
  Event event;
  event.time_ns = kNow - age_s * kSecond;
  event.container = "3f4e8b1c2d9a5566";
  event.pid = pid;
  event.tid = pid;
  event.comm = "sh";
  event.write = true;
  event.name = std::move(name);
  event.value = "1\n";
  event.value_len = 2;
  return event;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (const std::string_view line : sg::split(text, '\n')) {
    longest = std::max(longest, line.size());
  }
  return longest;
}

std::string random_bytes(std::mt19937& random, std::size_t max) {
  std::string out(random() % (max + 1), '\0');
  std::ranges::generate(out, [&] { return static_cast<char>(random()); });
  return out;
}

}  // namespace

TEST_CASE("Event table: rows below their heading") {
  EventTable table({.width = 80});
  Event allowed = make_event("net/core/somaxconn", 4194304, 7200);
  allowed.verdict = sg::policy::Verdict::kAllow;
  allowed.rule = 12;
  CHECK(table.render(std::vector{allowed, make_event("net/ipv4/ip_forward")}, kNow, true) ==
        "AGE  CONTAINER     VERDICT  RULE  PROCESS      ACCESS\n"
        "2h   3f4e8b1c2d9a  allow    12    sh[4194304]  net/core/somaxconn=1\n"
        "5s   3f4e8b1c2d9a  deny     -     sh[7]        net/ipv4/ip_forward=1\n");
  CHECK(table.render({}, kNow, true).empty());
}

TEST_CASE("Event table: equal events in a row are one row") {
  EventTable table({.width = 80});
  std::vector<Event> events(3, make_event("a/b"));
  events.push_back(make_event("a/c"));
  events.push_back(make_event("a/b", 8));
  events.push_back(make_event("a/b", 9, 1));
  CHECK(table.render(events, kNow, true) ==
        "AGE  CONTAINER     VERDICT  RULE  PROCESS  ACCESS\n"
        "5s   3f4e8b1c2d9a  deny     -     sh[7]    a/b=1 (3x)\n"
        "5s   3f4e8b1c2d9a  deny     -     sh[7]    a/c=1\n"
        "1s   3f4e8b1c2d9a  deny     -     sh       a/b=1 (2x)\n");
}

TEST_CASE("Event table: a value is no number of a run, and the widest process is whole") {
  EventTable table({.width = 120});
  Event event = make_event("a/b", 4194304);
  event.value = "1 (5x)";
  event.value_len = 6;
  event.comm = "123456789 12345";
  CHECK(table.render(std::vector{event}, kNow, true)
            .ends_with("  \"123456789 12345\"[4194304]  a/b=\"1 (5x)\"\n"));
}

TEST_CASE("Event table: each of these makes an event another one") {
  for (const auto change :
       {+[](Event& event) { event.container = "other"; },
        +[](Event& event) { event.comm = "bash"; }, +[](Event& event) { event.write = false; },
        +[](Event& event) { event.name = "a/c"; }, +[](Event& event) { event.value = "2\n"; },
        +[](Event& event) { event.value_len = 3; }, +[](Event& event) { event.file_pos = 1; },
        +[](Event& event) { event.verdict = sg::policy::Verdict::kWouldDeny; },
        +[](Event& event) { event.rule = 1; }}) {
    std::vector<Event> events(2, make_event("a/b"));
    change(events.back());
    CHECK(EventTable({}).render(events, kNow, true).find("x)") == std::string::npos);
    change(events.front());
    CHECK(EventTable({}).render(events, kNow, true).find("(2x)") != std::string::npos);
  }
}

TEST_CASE("Event table: a run that goes on is counted, and told when it ends or somebody asks") {
  EventTable table({.width = 80});
  const std::vector<Event> batch(3, make_event("a/b"));
  CHECK(table.render(batch, kNow, false).ends_with("a/b=1 (3x)\n"));
  CHECK(table.render(batch, kNow, false).empty());
  CHECK(table.render(batch, kNow, false).empty());
  CHECK(table.render({}, kNow, true) == "5s   3f4e8b1c2d9a  deny     -     sh[7]    a/b=1 (+6)\n");
  CHECK(table.render({}, kNow, true).empty());
  CHECK(table.render(std::vector{batch[0]}, kNow, false).empty());
  CHECK(table.render(std::vector{make_event("a/c")}, kNow, false) ==
        "5s   3f4e8b1c2d9a  deny     -     sh[7]    a/b=1 (+1)\n"
        "5s   3f4e8b1c2d9a  deny     -     sh[7]    a/c=1\n");
}

TEST_CASE("Event table: the time of day, and a line where the day changes") {
  REQUIRE(::setenv("TZ", "UTC0", 1) == 0);
  ::tzset();
  EventTable table({.width = 80, .clock = true});
  CHECK(table.render(std::vector{make_event("a/b", 7, 86400), make_event("a/c")}, kNow, true) ==
        "TIME      CONTAINER     VERDICT  RULE  PROCESS  ACCESS\n"
        "-- 2025-11-24 --\n"
        "09:30:00  3f4e8b1c2d9a  deny     -     sh[7]    a/b=1\n"
        "-- 2025-11-25 --\n"
        "09:29:55  3f4e8b1c2d9a  deny     -     sh[7]    a/c=1\n");
  CHECK(table.render(std::vector{make_event("a/d")}, kNow, true).find("--") == std::string::npos);
}

TEST_CASE("Event table: a container's name stands once, in front of its first row") {
  EventTable table({.width = 80});
  Event named = make_event("a/b");
  named.called.name = "wg";
  Event other = make_event("a/c");
  other.container = "77aa8b1c2d9a5566";
  other.called = {.pod_namespace = "team", .pod = "vpn", .name = "wg"};
  Event later = make_event("a/d");
  later.called.name = "wg";
  CHECK(table.render(std::vector{named, other, later}, kNow, true) ==
        "AGE  CONTAINER     VERDICT  RULE  PROCESS  ACCESS\n"
        "-- 3f4e8b1c2d9a is wg --\n"
        "5s   3f4e8b1c2d9a  deny     -     sh[7]    a/b=1\n"
        "-- 77aa8b1c2d9a is team/vpn/wg --\n"
        "5s   77aa8b1c2d9a  deny     -     sh[7]    a/c=1\n"
        "5s   3f4e8b1c2d9a  deny     -     sh[7]    a/d=1\n");
  CHECK(table.render(std::vector{named}, kNow, true) ==
        "5s   3f4e8b1c2d9a  deny     -     sh[7]    a/b=1\n");
}

TEST_CASE("Event table: an access that is too long for the width goes on below") {
  EventTable table({.width = 70});
  CHECK(table.render(std::vector{make_event("net/ipv4/conf/eth0/forwarding")}, kNow, true) ==
        "AGE  CONTAINER     VERDICT  RULE  PROCESS  ACCESS\n"
        "5s   3f4e8b1c2d9a  deny     -     sh[7]    net/ipv4/conf/eth0/\n"
        "                                           forwarding=1\n");
}

TEST_CASE("Event table: a colour is that of the verdict alone") {
  EventTable table({.width = 80, .colour = true});
  std::vector<Event> events{make_event("a/b"), make_event("a/c"), make_event("a/d")};
  events[1].verdict = sg::policy::Verdict::kWouldDeny;
  events[2].verdict = sg::policy::Verdict::kAllow;
  CHECK(table.render(events, kNow, true) ==
        "AGE  CONTAINER     VERDICT     RULE  PROCESS  ACCESS\n"
        "5s   3f4e8b1c2d9a  \x1b[31mdeny\x1b[0m        -     sh[7]    a/b=1\n"
        "5s   3f4e8b1c2d9a  \x1b[33mwould-deny\x1b[0m  -     sh[7]    a/c=1\n"
        "5s   3f4e8b1c2d9a  \x1b[32mallow\x1b[0m       -     sh[7]    a/d=1\n");
}

TEST_CASE("Event table: whatever is in an event, lines are printable and fit") {
  std::mt19937 random(1);
  for (const std::size_t width : {80U, 100U, 133U}) {
    EventTable table({.width = width, .clock = width == 100});
    for (int i = 0; i < 500; ++i) {
      Event event = make_event(random_bytes(random, 127));
      event.container = random_bytes(random, 79);
      event.comm = random_bytes(random, 15);
      event.value = random_bytes(random, 255);
      event.value_len = static_cast<std::uint32_t>(random() % 5000);
      const std::string text = table.render(std::vector{event}, kNow, true);
      REQUIRE(std::ranges::all_of(text, [](char c) { return c == '\n' || sg::is_printable(c); }));
      // With all cells at their widest an access has its 20 columns beyond those.
      REQUIRE(longest_line(text) <=
              std::max<std::size_t>(width, 8 + 26 + 10 + 4 + 26 + 5 * 2 + 20));
    }
  }
}
