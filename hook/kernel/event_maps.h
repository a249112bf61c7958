// SPDX-License-Identifier: Apache-2.0
// event_maps.h - the host's ring buffer of events and what is counted beside it, pinned.
//
// The first guard of a host makes them, in a bpffs of our own (bpf_dir.h); they stay until the host
// goes down or somebody removes the pins. Their names carry SG_EVENT_VERSION.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sg::kernel {

struct EventMaps {
  UniqueFd ring;   // BPF_MAP_TYPE_RINGBUF, of sg_event (bpf/event_abi.h)
  UniqueFd state;  // an array, one sg_event_state, which can be mapped into memory
};

// Those that are pinned in this process's mount namespace. Errors: kUnsupported where there are
// none, or something else is pinned in their place; those of check_bpf_dir(); kSystem.
[[nodiscard]] Result<EventMaps> open_pinned_event_maps();

// The same, or, where nothing is pinned here, those that a guard on this host writes into: for
// readers, who may be in another mount namespace than the hook. Errors: the same.
[[nodiscard]] Result<EventMaps> open_event_maps();

// Those of this host, which are made where there are none: the buffer then has `bytes` bytes, a
// power of two and at least a page. One that is there keeps its size. Errors: kUnsupported where
// no bpffs can be mounted, or its directory is not root's alone; kSystem.
[[nodiscard]] Result<EventMaps> make_event_maps(std::size_t bytes);

// What is counted beside the buffer, since that was made.
struct HostCounts {
  std::uint64_t dropped_events = 0;  // that found the buffer full
  std::uint64_t hook_failures = 0;   // runs of the hook that refused a container
};

// Errors: kSystem.
[[nodiscard]] Result<HostCounts> read_host_counts(const EventMaps& maps);

// Those of the two maps; 0 for one that is not there.
struct EventMapIds {
  std::uint32_t ring = 0;
  std::uint32_t state = 0;
};
[[nodiscard]] EventMapIds ids_of(const EventMaps& maps);

// Those that are pinned, for who has looked at the directory already.
[[nodiscard]] EventMapIds pinned_event_map_ids();

// Counts one more failed run of the hook, where bpffs lets it.
void count_hook_failure();

}  // namespace sg::kernel
