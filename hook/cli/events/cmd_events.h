// SPDX-License-Identifier: Apache-2.0
// cmd_events.h - `sysctl-guard events`: what its command line asks, and whose events are meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "events/event_filter.h"
#include "guard/find_guard.h"

namespace sg::cli {

// How events are given out.
enum class EventForm { kTable, kJson, kJournal };

struct EventsOptions {
  EventForm form = EventForm::kTable;
  bool follow = false;
  bool clear = false;
  std::optional<bool> clock;             // of --time; by default with --follow alone
  std::string container;                 // what the ID begins with, or a name; "" for all
  std::optional<std::int64_t> ago_ns;    // of --since: so long before now,
  std::optional<std::int64_t> since_ns;  // or this time
};

// Errors: wrong values.
[[nodiscard]] Result<EventsOptions> read_events_options(const Arguments& arguments);

// The events of the container that `wanted` means, or of all containers of the pod, as
// find_container() has it, and only of those; where no guarded container is meant, those of all
// whose ID begins like `wanted`. What is a name is taken as the beginning of an ID too, and only so
// where it reads like one: a container that chose it hides nobody else's events. Errors: of
// find_container(), where it could mean several.
[[nodiscard]] Result<events::EventFilter> filter_of_container(const guard::Containers& containers,
                                                              const std::string& wanted);

}  // namespace sg::cli
