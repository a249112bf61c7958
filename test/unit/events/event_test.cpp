// SPDX-License-Identifier: Apache-2.0
// event_test.cpp - records to events, and events to lines and back, whatever bytes are in them.
#include "events/event.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include "base/text.h"
#include "base/time_text.h"
#include "event_abi.h"
#include "support/catch.h"

using sg::events::Event;
using sg::events::event_of_record;
using sg::events::parse_json_line;
using sg::events::to_json_line;

namespace {

sg_event make_record() {
  sg_event raw{};
  raw.time_ns = 5'000'000'000;
  raw.cgroup_id = 77;
  raw.version = SG_EVENT_VERSION;
  raw.pid = 12;
  raw.tid = 13;
  raw.uid = 1000;
  raw.rule = 3;
  raw.file_pos = 0;
  raw.access = SG_ACCESS_WRITE;
  raw.verdict = SG_VERDICT_DENY;
  std::strcpy(raw.comm, "sh");
  std::strcpy(raw.container, "web");
  std::memset(raw.name, 'x', sizeof raw.name);  // what is left of an older record
  std::memset(raw.value, 'y', sizeof raw.value);
  std::memcpy(raw.name, "net/ipv4/ip_forward", 19);
  raw.name_len = 19;
  std::memcpy(raw.value, "1\n", 2);
  raw.value_len = 2;
  return raw;
}

std::optional<Event> event_of(const sg_event& raw, std::int64_t offset = 0) {
  return event_of_record(std::as_bytes(std::span(&raw, 1)), offset);
}

std::string random_bytes(std::mt19937& random, std::size_t max) {
  std::string out(random() % (max + 1), '\0');
  std::ranges::generate(out, [&] { return static_cast<char>(random()); });
  return out;
}

std::string content_of(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("Event: of a record") {
  const std::optional<Event> event = event_of(make_record(), 1'000'000'007);
  REQUIRE(event);
  CHECK(*event == Event{.time_ns = 6'000'000'007,
                        .container = "web",
                        .cgroup_id = 77,
                        .pid = 12,
                        .tid = 13,
                        .uid = 1000,
                        .comm = "sh",
                        .write = true,
                        .name = "net/ipv4/ip_forward",
                        .value = "1\n",
                        .value_len = 2,
                        .file_pos = 0,
                        .verdict = sg::policy::Verdict::kDeny,
                        .rule = 3});
}

TEST_CASE("Event: a read has no value") {
  sg_event raw = make_record();
  raw.access = SG_ACCESS_READ;
  raw.verdict = SG_VERDICT_WOULD_DENY;
  const std::optional<Event> event = event_of(raw);
  REQUIRE(event);
  CHECK_FALSE(event->write);
  CHECK(event->value.empty());
  CHECK(event->value_len == 0);
  CHECK(event->verdict == sg::policy::Verdict::kWouldDeny);
}

TEST_CASE("Event: before Linux 6.1 nobody knows the process") {
  sg_event raw = make_record();
  raw.pid = 0;
  const std::optional<Event> event = event_of(raw);
  REQUIRE(event);
  CHECK(event->tid == 0);
  CHECK(event->comm.empty());
}

TEST_CASE("Event: lengths beyond their fields are cut") {
  sg_event raw = make_record();
  std::memset(raw.comm, 'c', sizeof raw.comm);  // no zero byte anywhere
  std::memset(raw.container, 'i', sizeof raw.container);
  for (const std::uint32_t length : {128U, 129U, 0xffffffffU}) {
    raw.name_len = length;
    raw.value_len = length;
    const std::optional<Event> event = event_of(raw);
    REQUIRE(event);
    CHECK(event->comm.size() == SG_COMM_SIZE);
    CHECK(event->container.size() == SG_EVENT_ID_SIZE);
    CHECK(event->name.size() == SG_NAME_SIZE - 1);
    CHECK(event->value.size() == std::min(length, SG_VALUE_SIZE - 1));
    CHECK(event->value_len == std::min(length, SG_VALUE_LEN_MAX));
    CHECK(parse_json_line(to_json_line(*event)));
  }
}

TEST_CASE("Event: the time is never before 1970, nor one that a line cannot hold") {
  sg_event raw = make_record();
  raw.time_ns = static_cast<std::uint64_t>(sg::kTimeMax);
  CHECK(event_of(raw)->time_ns == sg::kTimeMax);
  CHECK_FALSE(event_of(raw, 1));
  raw.time_ns = ~std::uint64_t{0};
  CHECK_FALSE(event_of(raw, 1));
  CHECK_FALSE(event_of(raw));
  CHECK(event_of(make_record(), -6'000'000'000)->time_ns == 0);
}

TEST_CASE("Event: none of a record of another version, or one that is broken") {
  for (const auto spoil :
       {+[](sg_event& raw) { raw.version = SG_EVENT_VERSION + 1; },
        +[](sg_event& raw) { raw.version = 0; }, +[](sg_event& raw) { raw.verdict = 2; },
        +[](sg_event& raw) { raw.verdict = SG_VERDICTS; }, +[](sg_event& raw) { raw.access = 2; },
        +[](sg_event& raw) { raw.rule = SG_RULES_MAX + 1; }}) {
    sg_event raw = make_record();
    REQUIRE(event_of(raw));
    spoil(raw);
    CHECK_FALSE(event_of(raw));
  }
  const sg_event raw = make_record();
  CHECK_FALSE(event_of_record(std::as_bytes(std::span(&raw, 1)).first(sizeof raw - 1), 0));
  CHECK_FALSE(event_of_record({}, 0));
}

TEST_CASE("Event: a line") {
  Event event = *event_of(make_record());
  event.called = {"default", "vpn\n", "wg"};
  CHECK(
      to_json_line(event) ==
      R"({"time": "1970-01-01T00:00:05.000000000Z", "container": "web", "containerName": "wg", )"
      R"("namespace": "default", "pod": "vpn\\n", "cgroup": 77, "pid": 12, )"
      R"("tid": 13, "uid": 1000, "comm": "sh", "access": "write", "name": "net/ipv4/ip_forward", )"
      R"("value": "1\\n", "valueLength": 2, "filePosition": 0, "verdict": "deny", "rule": 3})"
      "\n");
  event = Event{.container = "a\\b\"", .name = "net/\xff\x1b[31m"};
  CHECK(
      to_json_line(event) ==
      R"({"time": "1970-01-01T00:00:00.000000000Z", "container": "a\\\\b\"", "containerName": null, )"
      R"("namespace": null, "pod": null, "cgroup": 0, "pid": null, )"
      R"("tid": null, "uid": 0, "comm": null, "access": "read", "name": "net/\\xff\\x1b[31m", )"
      R"("value": null, "valueLength": 0, "filePosition": 0, "verdict": "deny", "rule": null})"
      "\n");
}

TEST_CASE("Event: any bytes survive a line, and the line is printable ASCII") {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    Event event{.time_ns = static_cast<std::int64_t>(random()) * 1000,
                .container = random_bytes(random, SG_EVENT_ID_SIZE),
                .cgroup_id = (std::uint64_t{random()} << 32) | random(),
                .uid = static_cast<std::uint32_t>(random()),
                .write = random() % 2 == 0,
                .name = random_bytes(random, SG_NAME_SIZE - 1),
                .file_pos = static_cast<std::uint32_t>(random()),
                .verdict = sg::policy::kVerdicts[random() % 3].verdict,
                .rule = static_cast<std::uint32_t>(random() % (SG_RULES_MAX + 1))};
    if (random() % 2 == 0) {
      event.called = {random_bytes(random, 63), random_bytes(random, 253),
                      random_bytes(random, 63)};
    }
    if (random() % 2 == 0) {
      event.pid = static_cast<std::uint32_t>(random() | 1);
      event.tid = static_cast<std::uint32_t>(random());
      event.comm = random_bytes(random, SG_COMM_SIZE);
    }
    if (event.write) {
      event.value = random_bytes(random, SG_VALUE_SIZE - 1);
      event.value_len = event.value.size() < SG_VALUE_SIZE - 1
                            ? static_cast<std::uint32_t>(event.value.size())
                            : SG_VALUE_LEN_MAX;
    }
    const std::string line = to_json_line(event);
    REQUIRE(line.ends_with("}\n"));
    REQUIRE(line.size() <= sg::events::kEventLineMax / 3);
    REQUIRE(std::all_of(line.begin(), line.end() - 1, sg::is_printable));
    const sg::Result<Event> back = parse_json_line(line);
    REQUIRE(back);
    REQUIRE(*back == event);
  }
}

TEST_CASE("Event: lines of others that are events too, and what is none") {
  for (const std::string kind : {"good", "bad"}) {
    std::size_t count = 0;
    for (const auto& file : std::filesystem::directory_iterator("schema/" + kind + "/event")) {
      INFO(file.path().string());
      CHECK(static_cast<bool>(parse_json_line(content_of(file.path()))) == (kind == "good"));
      ++count;
    }
    CHECK(count >= (kind == "good" ? 5 : 30));
  }
}

TEST_CASE("Event: an error says which key") {
  const auto message_of = [](std::string_view line) {
    return parse_json_line(line).error().message;
  };
  CHECK(message_of("{}") == "event: \"time\" is missing");
  CHECK(message_of(R"({"time": "today"})") == "event: \"time\" is no time as RFC 3339 writes it");
  CHECK(message_of(R"({"time": "2026-11-25T09:30:00Z"})") == "event: \"container\" is missing");
  CHECK(message_of(std::string(sg::events::kEventLineMax + 1, ' ')) ==
        "event: the line has more than 16384 bytes");
  CHECK(parse_json_line("nothing").error().code == sg::Errc::kBadInput);
}
