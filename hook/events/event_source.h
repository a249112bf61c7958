// SPDX-License-Identifier: Apache-2.0
// event_source.h - the ring buffer as a reader has it: batch by batch, with what this reader lost.
//
// What `events` showed it takes out, which lets guards write over it and hides it from nobody: see
// kernel/event_ring.h. So the buffer holds the newest events that anybody cared for, and a burst
// finds all of it free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "events/event.h"
#include "events/event_filter.h"
#include "kernel/event_maps.h"
#include "kernel/event_ring.h"

namespace sg::events {

// Small enough that guards find room soon: a fifteenth of the default buffer.
inline constexpr std::size_t kEventBatch = 512;

// The buffer with a reader in it, and what that reader lost.
struct EventSource {
  kernel::EventMaps maps;
  kernel::EventRing ring;
  std::uint64_t dropped_before = 0;  // of the counter, what is told already
  LostEvents lost;                   // not told yet
};

enum class Start {
  kOldest,        // at the oldest event
  kNotForwarded,  // at the first one that is not in the journal yet
};

// What was dropped since the buffer was made or cleared counts as lost. Errors: those of
// open_event_maps() and EventRing::open().
[[nodiscard]] Result<EventSource> open_source(Start start);

// From now on, what was dropped before is not this reader's loss.
void forget_dropped(EventSource& source);

// At most kEventBatch records, less those that the filter does not take, at the end of `events`.
// Errors: kSystem.
[[nodiscard]] Status read_batch(EventSource& source, const EventFilter& filter,
                                std::vector<Event>& events);

// Batch by batch, no further than there was something at the beginning: guards can be faster than a
// reader. Then counts what was dropped. Errors: kSystem.
[[nodiscard]] Status read_present(EventSource& source, const EventFilter& filter,
                                  std::vector<Event>& events);

// What was dropped since the last time is lost. Errors: kSystem.
[[nodiscard]] Status count_dropped(EventSource& source);

}  // namespace sg::events
