// SPDX-License-Identifier: Apache-2.0
// event_maps.h - the host's ring buffer of events and what is counted beside it, pinned.
//
// The first guard of a host makes them, in a directory of bpffs that root alone can enter
// (event_dir.h); they stay until the host goes down or somebody removes the pins. Their names carry
// SG_EVENT_VERSION.
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

// Those of this host. Errors: kUnsupported where there are none, or something else is pinned in
// their place; those of check_event_dir(); kSystem.
[[nodiscard]] Result<EventMaps> open_event_maps();

// Those of this host, which are made where there are none: the buffer then has `bytes` bytes, a
// power of two and at least a page. One that is there keeps its size. Errors: kUnsupported where
// there is no bpffs, or its directory is not root's alone; kSystem.
[[nodiscard]] Result<EventMaps> make_event_maps(std::size_t bytes);

// What is counted beside the buffer, since that was made.
struct HostCounts {
  std::uint64_t dropped_events = 0;  // that found the buffer full
  std::uint64_t hook_failures = 0;   // runs of the hook that refused a container
};

// Errors: kSystem.
[[nodiscard]] Result<HostCounts> read_host_counts(const EventMaps& maps);

// Counts one more failed run of the hook, where bpffs lets it.
void count_hook_failure();

}  // namespace sg::kernel
