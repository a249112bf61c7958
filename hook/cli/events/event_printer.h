// SPDX-License-Identifier: Apache-2.0
// event_printer.h - events in the form that was asked for: table, JSON Lines, or the journal.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "cli/events/event_table.h"
#include "cli/events/events_command.h"
#include "cli/events/journal.h"
#include "events/event.h"

namespace sg::cli {

class EventPrinter {
 public:
  // Errors: those of Journal::open().
  [[nodiscard]] static Result<EventPrinter> open(const EventsOptions& options, int out_fd);

  // The text to write; "" for the journal, which has them then. `whole`: as EventTable::render()
  // has it. Errors: those of Journal::send().
  [[nodiscard]] Result<std::string> print(std::span<const events::Event> events, bool whole);

 private:
  EventPrinter(EventForm form, const TableStyle& style) : form_(form), table_(style) {}

  EventForm form_;
  EventTable table_;
  std::optional<Journal> journal_;
};

}  // namespace sg::cli
