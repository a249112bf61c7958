// SPDX-License-Identifier: Apache-2.0
// host_events.cpp - the ring buffer from its oldest event to what was the newest one at the beginning.
#include "app/update/host_events.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "event_abi.h"
#include "kernel/event_maps.h"
#include "kernel/event_ring.h"

namespace sg::app {
namespace {

constexpr std::size_t kBatch = 512;

void add_events(const kernel::EventBatch& batch, const std::string& id, HostEvents& found) {
  const std::span<const std::byte> records(batch.records);
  for (std::size_t at = 0; at < records.size(); at += sizeof(sg_event)) {
    std::optional<Event> event = event_of_record(records.subspan(at, sizeof(sg_event)), /*boot_to_real_ns=*/0);
    if (!event) {
      ++found.lost;  // of a version that is not known
    } else if (event->container == id) {
      found.events.push_back(*std::move(event));
    }
  }
  found.lost += batch.missed;
}

}  // namespace

Result<HostEvents> read_host_events(const std::string& container) {
  const Result<kernel::EventMaps> maps = kernel::open_event_maps();
  if (!maps) {
    return maps.error();
  }
  Result<kernel::EventRing> ring = kernel::EventRing::open(maps->ring.get(), sizeof(sg_event));
  if (!ring) {
    return std::move(ring).error();
  }
  HostEvents found;
  const std::string id = container.substr(0, SG_EVENT_ID_SIZE - 1);  // of a longer one events have the beginning
  const std::uint64_t end = ring->state().written;  // guards can be faster than a reader
  while (ring->position() < end) {
    const std::uint64_t before = ring->position();
    const Result<kernel::EventBatch> batch = ring->read(kBatch);
    if (!batch) {
      return batch.error();
    }
    add_events(*batch, id, found);
    if (ring->position() == before) {
      break;  // the next one is still being written
    }
  }
  if (const Result<std::uint64_t> dropped = kernel::dropped_events(maps->state.get())) {
    found.lost += *dropped - std::min(*dropped, ring->cleared_dropped());
  }
  return found;
}

}  // namespace sg::app
