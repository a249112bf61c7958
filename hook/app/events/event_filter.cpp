// SPDX-License-Identifier: Apache-2.0
// event_filter.cpp - the ID's beginning and the time; the lines about what is lost.
#include "app/events/event_filter.h"

#include <string_view>

#include "event_abi.h"

namespace sg::app {
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
  if (!id.empty() && (event.container == id || is_beginning_of(event, id))) {
    return true;
  }
  return prefix && (event.container.starts_with(*prefix) || is_beginning_of(event, *prefix));
}

Result<EventFilter> filter_of_container(const Containers& containers, const std::string& wanted) {
  const Result<std::optional<FoundContainer>> found = find_container(containers, wanted);
  if (!found) {
    return found.error();
  }
  if (!*found || (*found)->by == FoundBy::kNameLikeId) {
    return EventFilter{.id = "", .prefix = wanted};
  }
  EventFilter filter{.id = (*found)->guards.front()->meta->container_id, .prefix = std::nullopt};
  if ((*found)->by == FoundBy::kName) {
    filter.prefix = wanted;
  }
  return filter;
}

std::string lost_text(const LostEvents& lost, bool follow) {
  std::string out;
  if (lost.dropped > 0) {
    out += "sysctl-guard: " + count_text(lost.dropped) + " dropped" +
           (follow ? ", as the buffer was full; a larger eventBuffer in the node policy holds more\n"
                   : " since the buffer was made or cleared, whenever it was full; events --follow makes room\n");
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

}  // namespace sg::app
