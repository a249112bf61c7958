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
#include "kernel/event_maps.h"
#include "kernel/guard.h"
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

}  // namespace

std::optional<KnownProgram> find_known(std::vector<std::uint8_t>& input) {
  const std::optional<kernel::Pins> pins = input.empty() ? std::nullopt : kernel::Pins::open();
  if (!pins) {
    return std::nullopt;
  }
  SG_CHECK(input.size() >= request::kRingIdSize);
  const std::uint32_t ring = pins->ring_id();
  std::memcpy(input.data(), &ring, sizeof ring);
  std::optional<kernel::Guard> guard = pins->find(input);
  std::optional<compile::Meta> notes = guard ? compile::decode_notes(guard->meta()) : std::nullopt;
  if (!notes) {
    return std::nullopt;
  }
  return KnownProgram{*std::move(guard), *std::move(notes)};
}

Status attach_policy(request::MadePolicy ready, std::vector<std::uint8_t> input,
                     const kernel::Container& container, int cgroup_fd, kernel::Attach how,
                     std::vector<std::string>& notes) {
  const std::optional<kernel::EventMaps> maps = event_maps(ready, notes);
  const bool lacks_events = !maps && ready.policy.events != policy::Events::kOff;
  if (const std::optional<KnownProgram> known = find_known(input); known && !lacks_events) {
    return kernel::attach_guard(cgroup_fd, known->guard, container, how);
  }
  if (lacks_events) {
    ready.meta.events = policy::Events::kOff;
  }
  ready.meta.tool = SG_VERSION;
  const std::vector<std::uint8_t> meta = compile::encode_meta(ready.meta);
  const std::optional<kernel::Pins> pins = kernel::Pins::open();
  const UniqueFd containers = pins ? pins->containers_map() : UniqueFd();
  const Result<kernel::Guard> guard =
      kernel::Guard::load({.table = ready.table,
                           .rule_count = static_cast<std::uint32_t>(ready.policy.rules.size()),
                           .meta = meta,
                           .input = input,
                           .events = static_cast<std::uint32_t>(ready.meta.events),
                           .refusal = errno_of(ready.meta.refuse),
                           .event_maps = maps ? &*maps : nullptr,
                           .containers_map = containers.get(),
                           .container = container});
  if (!guard) {
    return guard.error();
  }
  Status attached = kernel::attach_guard(cgroup_fd, *guard, container, how);
  // The next container may find a buffer of events, and is then told nothing that this one was.
  if (attached && pins && !lacks_events && !input.empty()) {
    pins->add(*guard, input);
  }
  return attached;
}

}  // namespace sg::guard
