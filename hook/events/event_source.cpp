// SPDX-License-Identifier: Apache-2.0
// event_source.cpp - maps to records, records to events.
//
// Tested by test/integration/80-events.bats.
#include "events/event_source.h"

#include <time.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "event_abi.h"

namespace sg::events {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t now_of(clockid_t clock) {
  timespec now{};
  (void)::clock_gettime(clock, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

// What CLOCK_REALTIME is ahead of CLOCK_BOOTTIME. Of several measurements the one that took the
// least time is nearest.
std::int64_t measure_offset() {
  constexpr int kTries = 5;
  std::int64_t offset = 0;
  std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < kTries; ++i) {
    const std::int64_t before = now_of(CLOCK_BOOTTIME);
    const std::int64_t real = now_of(CLOCK_REALTIME);
    const std::int64_t took = now_of(CLOCK_BOOTTIME) - before;
    if (took < shortest) {
      shortest = took;
      offset = real - before - took / 2;
    }
  }
  return offset;
}

}  // namespace

Result<EventSource> open_source(Start start) {
  Result<kernel::EventMaps> maps = kernel::open_event_maps();
  if (!maps) {
    return std::move(maps).error();
  }
  Result<kernel::EventRing> ring = kernel::EventRing::open(maps->ring.get(), sizeof(sg_event));
  if (!ring) {
    return std::move(ring).error();
  }
  EventSource source{
      .maps = *std::move(maps), .ring = *std::move(ring), .dropped_before = 0, .lost = {}};
  source.dropped_before = source.ring.cleared_dropped();
  if (start == Start::kNotForwarded) {
    source.ring.seek_forwarded();
  }
  return source;
}

void forget_dropped(EventSource& source) {
  if (const Result<kernel::HostCounts> counts = kernel::read_host_counts(source.maps)) {
    source.dropped_before = counts->dropped_events;
  }
}

Status read_batch(EventSource& source, const EventFilter& filter, std::vector<Event>& events) {
  const Result<kernel::EventBatch> batch = source.ring.read(kEventBatch);
  if (!batch) {
    return batch.error();
  }
  source.lost.missed += batch->missed;
  const std::int64_t boot_to_real = source.ring.agree_on_offset(measure_offset());
  const std::span<const std::byte> records(batch->records);
  for (std::size_t at = 0; at < records.size(); at += sizeof(sg_event)) {
    std::optional<Event> event =
        event_of_record(records.subspan(at, sizeof(sg_event)), boot_to_real);
    if (!event) {
      ++source.lost.unknown;
    } else if (filter.takes(*event)) {
      events.push_back(*std::move(event));
    }
  }
  return Ok{};
}

Status read_present(EventSource& source, const EventFilter& filter, std::vector<Event>& events) {
  const std::uint64_t end = source.ring.state().written;
  while (source.ring.position() < end) {
    const std::uint64_t before = source.ring.position();
    if (Status read = read_batch(source, filter, events); !read) {
      return read;
    }
    if (source.ring.position() == before) {
      break;  // the next one is still being written
    }
  }
  return count_dropped(source);
}

Status count_dropped(EventSource& source) {
  const Result<kernel::HostCounts> counts = kernel::read_host_counts(source.maps);
  if (!counts) {
    return counts.error();
  }
  const std::uint64_t dropped = counts->dropped_events;
  source.lost.dropped += dropped - std::min(dropped, source.dropped_before);
  source.dropped_before = dropped;
  return Ok{};
}

}  // namespace sg::events
