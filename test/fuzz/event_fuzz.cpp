// SPDX-License-Identifier: Apache-2.0
// event_fuzz.cpp - any bytes as a line of `events --json`, and, behind a zero byte, as a record of
// the ring buffer.
//
// Held for every input: both parsers end without a fault; an event that one of them gives is
// written as a line of printable ASCII and reads back the same; its texts for people are printable;
// an error is bad input.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "events/event.h"
#include "events/event_text.h"

namespace {

using sg::events::Event;

bool is_line(std::string_view text) { return std::ranges::all_of(text, sg::is_printable); }

void check_event(const Event& event) {
  const std::string line = sg::events::to_json_line(event);
  SG_CHECK(line.size() <= sg::events::kEventLineMax && line.ends_with('\n'));
  SG_CHECK(is_line(std::string_view(line).substr(0, line.size() - 1)));
  const sg::Result<Event> back = sg::events::parse_json_line(line);
  SG_CHECK(static_cast<bool>(back));
  SG_CHECK(*back == event);
  SG_CHECK(is_line(sg::events::access_text(event)) && is_line(sg::events::process_text(event)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0 && data[0] == 0) {
    const auto record = std::as_bytes(std::span(data, size)).subspan(1);
    if (const auto event = sg::events::event_of_record(record, 1'700'000'000'000'000'000)) {
      check_event(*event);
    }
    return 0;
  }
  const std::string line(reinterpret_cast<const char*>(data), size);
  const sg::Result<Event> event = sg::events::parse_json_line(line);
  if (event) {
    check_event(*event);
  } else {
    SG_CHECK(event.error().code == sg::Errc::kBadInput);
    SG_CHECK(is_line(event.error().message));
  }
  return 0;
}
