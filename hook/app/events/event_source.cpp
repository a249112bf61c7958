// SPDX-License-Identifier: Apache-2.0
// event_source.cpp - maps to records, records to events.
#include "app/events/event_source.h"

#include <time.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "event_abi.h"

namespace sg::app {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t now_of(clockid_t clock) {
  timespec now{};
  (void)::clock_gettime(clock, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

// What CLOCK_REALTIME is ahead of CLOCK_BOOTTIME. Of several measurements the one that took the least time is nearest.
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

Result<EventSource> open_source(const EventsOptions& options) {
  Result<kernel::EventMaps> maps = kernel::open_event_maps();
  if (!maps) {
    return std::move(maps).error();
  }
  Result<kernel::EventRing> ring = kernel::EventRing::open(maps->ring.get(), sizeof(sg_event));
  if (!ring) {
    return std::move(ring).error();
  }
  EventSource source{.maps = *std::move(maps), .ring = *std::move(ring), .dropped_before = 0, .lost = {}};
  source.dropped_before = source.ring.cleared_dropped();
  if (options.form == EventForm::kJournal) {
    source.ring.seek_forwarded();
  }
  if (options.follow) {
    const Result<std::uint64_t> dropped = kernel::dropped_events(source.maps.state.get());
    source.dropped_before = dropped ? *dropped : source.dropped_before;
  }
  return source;
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
    std::optional<Event> event = event_of_record(records.subspan(at, sizeof(sg_event)), boot_to_real);
    if (!event) {
      ++source.lost.unknown;
    } else if (filter.takes(*event)) {
      events.push_back(*std::move(event));
    }
  }
  return Ok{};
}

Status count_dropped(EventSource& source) {
  const Result<std::uint64_t> dropped = kernel::dropped_events(source.maps.state.get());
  if (!dropped) {
    return dropped.error();
  }
  source.lost.dropped += *dropped - std::min(*dropped, source.dropped_before);
  source.dropped_before = *dropped;
  return Ok{};
}

void let_go(EventSource& source, const EventsOptions& options) {
  if (options.clear) {
    source.ring.clear(source.dropped_before);
  } else if (options.form == EventForm::kJournal) {
    source.ring.mark_forwarded();
  } else {
    source.ring.take_out();
  }
}

}  // namespace sg::app
