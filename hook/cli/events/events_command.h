// SPDX-License-Identifier: Apache-2.0
// events_command.h - the command line of `events` into plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/command.h"

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

}  // namespace sg::cli
