// SPDX-License-Identifier: Apache-2.0
// container_names.cpp - the guards of the host -> names by ID -> events.
//
// Tested by test/integration/88-pod-names.bats.
#include "cli/events/container_names.h"

#include "base/clock.h"
#include "event_abi.h"
#include "guard/read_guards.h"

namespace sg::cli {
namespace {

constexpr std::int64_t kLookNs = 1'000'000'000;
// A follower forgets them all beyond so many, and asks again.
constexpr std::size_t kNamesMax = 10'000;

}  // namespace

void ContainerNames::put_into(std::span<events::Event> events) {
  for (events::Event& event : events) {
    auto found = names_.find(event.container);
    if (found == names_.end() && steady_ns() - looked_ns_ >= kLookNs) {
      look();
      found = names_.find(event.container);
    }
    if (found != names_.end()) {
      event.called = found->second;
    }
  }
}

// Where the guards cannot be read, no name is known.
void ContainerNames::look() {
  looked_ns_ = steady_ns();
  if (names_.size() > kNamesMax) {
    names_.clear();
  }
  const Result<guard::Containers> containers = guard::read_containers();
  if (!containers) {
    return;
  }
  for (const guard::GuardView& view : containers->guards) {
    const bool is_engines = view.name == policy::ContainerName{};
    names_.insert_or_assign(
        view.container.id.substr(0, SG_EVENT_ID_SIZE - 1),
        is_engines ? policy::ContainerName{.name = view.engine_name} : view.name);
  }
}

}  // namespace sg::cli
