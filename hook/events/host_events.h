// SPDX-License-Identifier: Apache-2.0
// host_events.h - the events of one container that the host still has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "events/event.h"

namespace sg::events {

struct HostEvents {
  std::vector<Event> events;
  std::uint64_t lost =
      0;  // of all containers, since `events --clear`: found the buffer full, were written over,
          // or are of another version
};

// Looks, and takes nothing out: whoever follows sees all of them. `container` is the whole ID, or
// empty for all containers.
// Errors: those of open_event_maps() and EventRing.
[[nodiscard]] Result<HostEvents> read_host_events(const std::string& container);

}  // namespace sg::events
