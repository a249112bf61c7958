// SPDX-License-Identifier: Apache-2.0
// attach_policy.cpp - the event buffer of the host, the guard, the attachment.
//
// Tested by test/integration/30-allowed-and-refused.bats.
#include "guard/attach_policy.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "compile/meta.h"
#include "kernel/event_maps.h"
#include "kernel/guard.h"

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

}  // namespace

Status attach_policy(request::MadePolicy ready, int cgroup_fd, kernel::Attach how,
                     std::vector<std::string>& notes) {
  const std::optional<kernel::EventMaps> maps = event_maps(ready, notes);
  if (!maps) {
    ready.meta.events = policy::Events::kOff;
  }
  ready.meta.attached_at_ns = static_cast<std::uint64_t>(now_ns());
  ready.meta.tool = SG_VERSION;
  const std::vector<std::uint8_t> meta = compile::encode_meta(ready.meta);
  const Result<kernel::Guard> guard =
      kernel::Guard::load({.table = ready.table,
                           .rule_count = static_cast<std::uint32_t>(ready.policy.rules.size()),
                           .meta = meta,
                           .events = static_cast<std::uint32_t>(ready.meta.events),
                           .event_maps = maps ? &*maps : nullptr,
                           .container_id = ready.meta.container_id});
  if (!guard) {
    return guard.error();
  }
  return kernel::attach_guard(cgroup_fd, guard->program_fd(), ready.meta.container_id, how);
}

}  // namespace sg::guard
