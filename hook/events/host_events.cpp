// SPDX-License-Identifier: Apache-2.0
// host_events.cpp - all that is in the ring buffer, less what is of other containers.
//
// Tested by test/integration/84-learn.bats.
#include "events/host_events.h"

#include <optional>
#include <utility>

#include "events/event_source.h"

namespace sg::events {

Result<HostEvents> read_host_events(const std::string& container) {
  Result<EventSource> source = open_source(Start::kOldest);
  if (!source) {
    return std::move(source).error();
  }
  HostEvents found;
  const EventFilter filter =
      container.empty() ? EventFilter{} : EventFilter{.ids = {container}, .prefix = std::nullopt};
  if (Status read = read_present(*source, filter, found.events); !read) {
    return std::move(read).error();
  }
  found.lost = source->lost.dropped + source->lost.missed + source->lost.unknown;
  return found;
}

}  // namespace sg::events
