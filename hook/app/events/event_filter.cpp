// SPDX-License-Identifier: Apache-2.0
// event_filter.cpp - the ID's beginning and the time; the lines about what is lost.
#include "app/events/event_filter.h"

#include <algorithm>
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

Result<EventFilter> filter_of_container(std::span<const GuardView> views, const std::string& wanted) {
  const auto some = [&](auto condition) {
    return std::ranges::any_of(views, [&](const GuardView& view) { return view.meta && condition(*view.meta); });
  };
  if (some([&](const compile::Meta& meta) { return meta.container_id == wanted; })) {
    return EventFilter{.id = wanted, .prefix = std::nullopt};  // several guards of one container are no matter
  }
  const bool is_name = some([&](const compile::Meta& meta) { return meta.container_name == wanted; });
  if (!is_name && !some([&](const compile::Meta& meta) { return meta.container_id.starts_with(wanted); })) {
    return EventFilter{.id = "", .prefix = wanted};
  }
  const Result<const GuardView*> found = find_guard(views, wanted);
  if (!found) {
    return found.error();
  }
  return EventFilter{.id = (*found)->meta->container_id,
                     .prefix = is_name ? std::optional(wanted) : std::nullopt};
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
