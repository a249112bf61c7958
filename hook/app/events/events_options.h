// SPDX-License-Identifier: Apache-2.0
// events_options.h - the command line of `events` into plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace sg::app {

// How events are given out.
enum class EventForm { kTable, kJson, kJournal };

struct EventsOptions {
  EventForm form = EventForm::kTable;
  bool follow = false;
  bool clear = false;
  std::optional<bool> clock;           // of --time; by default with --follow alone
  std::string container;               // what the ID begins with, or a name; "" for all
  std::optional<std::int64_t> ago_ns;  // of --since: so long before now,
  std::optional<std::int64_t> since_ns;  // or this time
};

extern const char* const kEventsHelp;

// Nothing where the help was asked for. Errors: kUsage.
[[nodiscard]] Result<std::optional<EventsOptions>> parse_events(std::span<const std::string> words);

}  // namespace sg::app
