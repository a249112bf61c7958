// SPDX-License-Identifier: Apache-2.0
// event_source.h - the ring buffer as `events` reads it: batch by batch, with what this reader lost.
//
// What was shown is taken out, which lets guards write over it and hides it from nobody: see kernel/event_ring.h.
// So the buffer holds the newest events that anybody cared for, and a burst finds all of it free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "app/events/event.h"
#include "app/events/event_filter.h"
#include "base/result.h"
#include "cli/events/events_command.h"
#include "kernel/event_maps.h"
#include "kernel/event_ring.h"

namespace sg::app {

// Small enough that guards find room soon: a fifteenth of the default buffer.
inline constexpr std::size_t kEventBatch = 512;

// The buffer with a reader in it, and what that reader lost.
struct EventSource {
  kernel::EventMaps maps;
  kernel::EventRing ring;
  std::uint64_t dropped_before = 0;  // of the counter, what is told already
  LostEvents lost;                   // not told yet
};

// At the oldest event; for the journal, at the first one that it has not yet. Who follows is told of what is dropped
// from now on. Errors: those of open_event_maps() and EventRing::open().
[[nodiscard]] Result<EventSource> open_source(const EventsOptions& options);

// At most kEventBatch records, less those that the filter does not take, at the end of `events`. Errors: kSystem.
[[nodiscard]] Status read_batch(EventSource& source, const EventFilter& filter, std::vector<Event>& events);

// What was dropped since the last time is lost. Errors: kSystem.
[[nodiscard]] Status count_dropped(EventSource& source);

// Behind the reader nothing has to be kept any more.
void let_go(EventSource& source, const EventsOptions& options);

}  // namespace sg::app
