// SPDX-License-Identifier: Apache-2.0
// attach_policy.cpp - the event buffer of the host, the guard, the attachment, the pin.
//
// Tested by test/integration/46-shared-programs.bats.
#include "guard/attach_policy.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "kernel/bpf_dir.h"
#include "kernel/event_maps.h"
#include "kernel/guard.h"
#include "kernel/our_program.h"
#include "kernel/pins.h"
#include "request/policy_source.h"

namespace sg::guard {
namespace {

// The host's buffer, where the policy wants events.
std::optional<kernel::EventMaps> event_maps(const request::MadePolicy& ready,
                                            std::vector<std::string>& notes) {
  if (ready.policy.events == policy::Events::kOff) {
    return std::nullopt;
  }
  Result<kernel::EventMaps> maps = kernel::make_event_maps(ready.event_buffer);
  if (!maps) {
    notes.push_back("no events of this container: " + maps.error().message + "; " +
                    maps.error().hint);
    return std::nullopt;
  }
  return *std::move(maps);
}

int errno_of(policy::Refusal refuse) {
  constexpr std::array<int, policy::kRefusalNames.size()> kErrors = {EPERM, EROFS, EACCES};
  return kErrors[static_cast<std::size_t>(refuse)];
}

// Which maps the events would go to, in front of the input.
void set_event_maps(std::vector<std::uint8_t>& input, const kernel::EventMapIds& ids) {
  const std::array<std::uint32_t, 2> numbers = {ids.ring, ids.state};
  static_assert(sizeof numbers == request::kEventIdsSize);
  SG_CHECK(input.size() >= sizeof numbers);
  std::memcpy(input.data(), numbers.data(), sizeof numbers);
}

// The program of exactly this input, with the event maps that it names.
std::optional<KnownProgram> find_pinned(const kernel::Pins& pins,
                                        const std::vector<std::uint8_t>& input) {
  std::optional<kernel::Guard> guard = pins.find(input);
  std::optional<compile::Meta> notes = guard ? compile::decode_notes(guard->meta()) : std::nullopt;
  if (!notes) {
    return std::nullopt;
  }
  return KnownProgram{*std::move(guard), *std::move(notes)};
}

// The directory of pins, which is made where there is none.
std::optional<kernel::Pins> make_pins() {
  return kernel::make_bpf_dir() ? kernel::Pins::open() : std::nullopt;
}

// Where a guard is replaced, it is by one with the same map of containers: a hook or an update that
// is killed before it writes the ID would leave a container that nobody can name.
bool keeps_map(const kernel::Guard& guard, const UniqueFd& map_there) {
  return !map_there.valid() ||
         kernel::map_id_of(guard.containers_map()) == kernel::map_id_of(map_there.get());
}

// A guard that nobody shares, where a shared one could not be attached: the kernel takes the memory
// of shared maps from the memory cgroup of whoever made them, and that may be full.
Status attach_own(kernel::GuardInput load, int cgroup_fd, kernel::Attach how) {
  load.may_share = false;
  const Result<kernel::Guard> guard = kernel::Guard::load(load);
  return guard ? kernel::attach_guard(cgroup_fd, *guard, load.container, how)
               : Status(guard.error());
}

}  // namespace

std::optional<KnownProgram> find_known(std::vector<std::uint8_t>& input) {
  const std::optional<kernel::Pins> pins = input.empty() ? std::nullopt : kernel::Pins::open();
  if (!pins) {
    return std::nullopt;
  }
  const kernel::EventMapIds ids = pins->event_map_ids();
  set_event_maps(input, ids);
  // One without the other: the next guard that is loaded makes it again.
  return (ids.ring == 0) == (ids.state == 0) ? find_pinned(*pins, input) : std::nullopt;
}

Status attach_policy(request::MadePolicy ready, std::vector<std::uint8_t> input,
                     const kernel::Container& container, int cgroup_fd, kernel::Attach how,
                     std::vector<std::string>& notes) {
  const std::optional<kernel::EventMaps> maps = event_maps(ready, notes);
  const bool lacks_events = !maps && ready.policy.events != policy::Events::kOff;
  const std::optional<kernel::Pins> pins =
      input.empty() || lacks_events ? std::nullopt : make_pins();
  const UniqueFd map_there = kernel::containers_map_on(cgroup_fd);
  if (pins) {
    set_event_maps(input, maps ? kernel::ids_of(*maps) : pins->event_map_ids());
    const std::optional<KnownProgram> known = find_pinned(*pins, input);
    if (known && keeps_map(known->guard, map_there)) {
      Status attached = kernel::attach_guard(cgroup_fd, known->guard, container, how);
      if (attached || attached.error().code != Errc::kSystem) {
        return attached;
      }
    }
  }
  if (lacks_events) {
    ready.meta.events = policy::Events::kOff;
  }
  ready.meta.tool = SG_VERSION;
  const std::vector<std::uint8_t> meta = compile::encode_meta(ready.meta);
  const UniqueFd pinned_map = pins && !map_there.valid() ? pins->containers_map() : UniqueFd();
  const kernel::GuardInput load{
      .table = ready.table,
      .rule_count = static_cast<std::uint32_t>(ready.policy.rules.size()),
      .meta = meta,
      .input = input,
      .events = static_cast<std::uint32_t>(ready.meta.events),
      .refusal = errno_of(ready.meta.refuse),
      .event_maps = maps ? &*maps : nullptr,
      .containers_map = map_there.valid() ? map_there.get() : pinned_map.get(),
      .container = container};
  const Result<kernel::Guard> guard = kernel::Guard::load(load);
  if (!guard) {
    return guard.error();
  }
  Status attached = kernel::attach_guard(cgroup_fd, *guard, container, how);
  if (!attached && guard->is_shared() && attached.error().code == Errc::kSystem) {
    return attach_own(load, cgroup_fd, how);
  }
  // The next container may find a buffer of events, and is then told nothing that this one was.
  if (attached && pins) {
    pins->add(*guard, input);
  }
  return attached;
}

}  // namespace sg::guard
