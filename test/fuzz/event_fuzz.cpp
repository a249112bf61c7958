// SPDX-License-Identifier: Apache-2.0
// event_fuzz.cpp - any bytes as a line of `events --json`, and, behind a zero byte, as a record of the ring buffer.
//
// Held for every input: both parsers end without a fault; an event that one of them gives is written as a
// line of printable ASCII and reads back the same; its texts for people are printable; an error is bad input.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "app/events/event.h"
#include "app/events/event_table.h"
#include "app/events/event_text.h"
#include "base/check.h"
#include "base/text.h"

namespace {

using sg::app::Event;

bool is_line(std::string_view text) { return std::ranges::all_of(text, sg::is_printable); }

void check_event(const Event& event) {
  const std::string line = sg::app::to_json_line(event);
  SG_CHECK(line.size() <= sg::app::kEventLineMax && line.ends_with('\n'));
  SG_CHECK(is_line(std::string_view(line).substr(0, line.size() - 1)));
  const sg::Result<Event> back = sg::app::parse_json_line(line);
  SG_CHECK(static_cast<bool>(back));
  SG_CHECK(*back == event);
  SG_CHECK(is_line(sg::app::access_text(event)) && is_line(sg::app::process_text(event)));
  const std::string table =
      sg::app::EventTable({.width = 80, .clock = true}).render(std::span(&event, 1), 0, /*whole=*/true);
  SG_CHECK(std::ranges::all_of(table, [](char c) { return c == '\n' || sg::is_printable(c); }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0 && data[0] == 0) {
    const auto record = std::as_bytes(std::span(data, size)).subspan(1);
    if (const auto event = sg::app::event_of_record(record, 1'700'000'000'000'000'000)) {
      check_event(*event);
    }
    return 0;
  }
  const std::string line(reinterpret_cast<const char*>(data), size);
  const sg::Result<Event> event = sg::app::parse_json_line(line);
  if (event) {
    check_event(*event);
  } else {
    SG_CHECK(event.error().code == sg::Errc::kBadInput);
    SG_CHECK(is_line(event.error().message));
  }
  return 0;
}
