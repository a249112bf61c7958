// SPDX-License-Identifier: Apache-2.0
// event_maps.cpp - get the two pinned maps, or make and pin them.
//
// Hooks run beside each other: who pins second finds EEXIST, and takes what the first one pinned.
//
// Tested by test/kernel/event_test.cpp.
#include "kernel/event_maps.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "event_abi.h"
#include "kernel/bpf_dir.h"
#include "kernel/guards.h"
#include "kernel/our_program.h"

namespace sg::kernel {
namespace {

// What is pinned: the name carries the version, the type is looked at.
struct Pin {
  const char* name;
  bpf_map_type type;
  __u32 value_size;
  __u32 flags;
};

static_assert(SG_EVENT_VERSION == 1, "the names of the pins below carry it; bpffs takes no dots");
constexpr Pin kRing{"events-1", BPF_MAP_TYPE_RINGBUF, 0, 0};
constexpr Pin kState{"state-1", BPF_MAP_TYPE_ARRAY, sizeof(sg_event_state), BPF_F_MMAPABLE};

std::string path_of(const Pin& pin) { return std::string(kBpfDir) + "/" + pin.name; }

bool fits(const bpf_map_info& info, const Pin& pin) {
  return info.type == static_cast<__u32>(pin.type) && info.value_size == pin.value_size &&
         info.map_flags == pin.flags;
}

// The map pinned there; an invalid descriptor where nothing is.
Result<UniqueFd> open_pin(const Pin& pin) {
  UniqueFd map(bpf_obj_get(path_of(pin).c_str()));
  if (!map.valid()) {
    const int err = errno;
    return err == ENOENT ? Result<UniqueFd>(UniqueFd())
                         : system_error("open " + path_of(pin), err,
                                        "root with CAP_BPF or CAP_SYS_ADMIN can");
  }
  const std::optional<bpf_map_info> info = map_info_of(map.get());
  if (!info) {
    return system_error("look at " + path_of(pin), errno, "");
  }
  if (!fits(*info, pin)) {
    return Error{Errc::kUnsupported, path_of(pin) + ": this is not a map of sysctl-guard",
                 "remove it: the next guard makes a new one"};
  }
  return map;
}

Result<UniqueFd> make_pin(const Pin& pin, __u32 key_size, __u32 max_entries) {
  for (;;) {
    Result<UniqueFd> map = open_pin(pin);
    if (!map || map->valid()) {
      return map;
    }
    struct bpf_map_create_opts options {};  // a function has the same name
    options.sz = sizeof options;
    options.map_flags = pin.flags;
    const std::string name =
        std::string("sg_") + (pin.type == BPF_MAP_TYPE_RINGBUF ? "events" : "event_state");
    UniqueFd made(
        bpf_map_create(pin.type, name.c_str(), key_size, pin.value_size, max_entries, &options));
    if (!made.valid()) {
      return system_error("make the map " + name, errno,
                          "it needs CAP_BPF, and before Linux 5.11 room in RLIMIT_MEMLOCK");
    }
    if (bpf_obj_pin(made.get(), path_of(pin).c_str()) == 0) {
      return made;
    }
    if (errno != EEXIST) {
      return system_error("pin " + path_of(pin), errno, "bpffs must be writable for root");
    }
  }
}

}  // namespace

Result<EventMaps> open_pinned_event_maps() {
  if (Status directory = check_bpf_dir(); !directory) {
    return std::move(directory).error();
  }
  Result<UniqueFd> ring = open_pin(kRing);
  if (!ring) {
    return std::move(ring).error();
  }
  Result<UniqueFd> state = open_pin(kState);
  if (!state) {
    return std::move(state).error();
  }
  if (!ring->valid() || !state->valid()) {
    return Error{
        Errc::kUnsupported, std::string("there are no events: nothing is pinned in ") + kBpfDir,
        "the first guard makes the buffer, where it can mount a bpffs and the node policy does not "
        "say \"events\": \"off\"; one of another mount namespace is found while a guard writes "
        "into it"};
  }
  return EventMaps{*std::move(ring), *std::move(state)};
}

Result<EventMaps> open_event_maps() {
  Result<EventMaps> pinned = open_pinned_event_maps();
  if (pinned || look_at_bpf_dir().state != BpfDirState::kAbsent) {
    return pinned;
  }
  const Result<std::vector<AttachedGuard>> guards = list_guards();
  for (const AttachedGuard& guard : guards ? *guards : std::vector<AttachedGuard>()) {
    const std::optional<ProgramMap> ring = find_map(*guard.program, "sg_events");
    const std::optional<ProgramMap> state = find_map(*guard.program, "sg_event_state");
    if (!ring || !state || ring->type != kRing.type || state->value_size != kState.value_size) {
      continue;
    }
    EventMaps maps{UniqueFd(bpf_map_get_fd_by_id(ring->id)),
                   UniqueFd(bpf_map_get_fd_by_id(state->id))};
    if (maps.ring.valid() && maps.state.valid()) {
      return maps;
    }
  }
  return pinned;
}

EventMapIds ids_of(const EventMaps& maps) {
  const auto id_of = [](const UniqueFd& map, const Pin& pin) -> std::uint32_t {
    const std::optional<bpf_map_info> info = map.valid() ? map_info_of(map.get()) : std::nullopt;
    return info && fits(*info, pin) ? info->id : 0;
  };
  return {.ring = id_of(maps.ring, kRing), .state = id_of(maps.state, kState)};
}

EventMapIds pinned_event_map_ids() {
  return ids_of({UniqueFd(bpf_obj_get(path_of(kRing).c_str())),
                 UniqueFd(bpf_obj_get(path_of(kState).c_str()))});
}

Result<EventMaps> make_event_maps(std::size_t bytes) {
  if (Status made = make_bpf_dir(); !made) {
    return std::move(made).error();
  }
  Result<UniqueFd> state = make_pin(kState, sizeof(__u32), 1);
  if (!state) {
    return std::move(state).error();
  }
  // Both are powers of two, and the kernel makes no ring of less than a page, which on arm64 may be larger than 4 KiB.
  const std::size_t size = std::max<std::size_t>(bytes, ::getauxval(AT_PAGESZ));
  Result<UniqueFd> ring = make_pin(kRing, 0, static_cast<__u32>(size));
  if (!ring) {
    return std::move(ring).error();
  }
  return EventMaps{*std::move(ring), *std::move(state)};
}

Result<HostCounts> read_host_counts(const EventMaps& maps) {
  const __u32 key = 0;
  sg_event_state state{};
  if (bpf_map_lookup_elem(maps.state.get(), &key, &state) != 0) {
    return system_error("read " + path_of(kState), errno, "run it as root");
  }
  return HostCounts{.dropped_events = state.dropped, .hook_failures = state.hook_failures};
}

void count_hook_failure() {
  if (!make_bpf_dir()) {
    return;
  }
  const Result<UniqueFd> state = make_pin(kState, sizeof(__u32), 1);
  if (!state) {
    return;
  }
  void* const memory =
      ::mmap(nullptr, sizeof(sg_event_state), PROT_READ | PROT_WRITE, MAP_SHARED, state->get(), 0);
  if (memory != MAP_FAILED) {
    std::atomic_ref(static_cast<sg_event_state*>(memory)->hook_failures).fetch_add(1);
  }
}

}  // namespace sg::kernel
