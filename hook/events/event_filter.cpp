// SPDX-License-Identifier: Apache-2.0
// event_filter.cpp - the ID's beginning and the time; the lines about what is lost.
#include "events/event_filter.h"

#include <algorithm>
#include <string_view>

#include "event_abi.h"

namespace sg::events {
namespace {

std::string count_text(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " event" : " events");
}

// Of an ID that is longer than an event has room for, the beginning is there.
bool is_beginning_of(const Event& event, std::string_view id) {
  return event.container.size() == SG_EVENT_ID_SIZE - 1 && id.starts_with(event.container);
}

}  // namespace

bool EventFilter::takes(const Event& event) const {
  if (event.time_ns < since_ns) {
    return false;
  }
  const auto is_of = [&event](const std::string& id) {
    return event.container == id || is_beginning_of(event, id);
  };
  if (std::ranges::any_of(ids, is_of)) {
    return true;
  }
  return prefix && (event.container.starts_with(*prefix) || is_beginning_of(event, *prefix));
}

std::string lost_text(const LostEvents& lost, bool follow) {
  std::string out;
  if (lost.dropped > 0) {
    out +=
        "sysctl-guard: " + count_text(lost.dropped) + " dropped" +
        (follow ? ", as the buffer was full; a larger eventBuffer in the node policy holds more\n"
                : " since the buffer was made or cleared, whenever it was full; events --follow "
                  "makes room\n");
  }
  if (lost.missed > 0) {
    out += "sysctl-guard: " + count_text(lost.missed) +
           " missed: newer ones were written over them before they could be shown\n";
  }
  if (lost.unknown > 0) {
    out += "sysctl-guard: " + count_text(lost.unknown) +
           " left out: they are of another version of sysctl-guard\n";
  }
  return out;
}

}  // namespace sg::events
