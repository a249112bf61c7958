// SPDX-License-Identifier: Apache-2.0
// event_printer.h - events in the form that was asked for: JSON Lines, the journal, or a table for
// people, with a run of equal ones as one row.
//
// Events come in batches, and the columns of the table stay below each other. The access, which is
// last, is never cut: it has what is left of the width and goes on in further lines. Everything is
// printable, but for the colours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "base/result.h"
#include "cli/events/cmd_events.h"
#include "cli/events/journal.h"
#include "cli/text_table.h"
#include "events/event.h"

namespace sg::cli {

struct TableStyle {
  std::size_t width = kUsualWidth;
  bool colour = false;
  // The time of day, and a line where the day changes; otherwise how long ago it was.
  bool clock = false;
};

class EventTable {
 public:
  explicit EventTable(const TableStyle& style);

  // The lines of these events, with the heading in front of the first ones. In front of the first
  // row of a container whose name is known a line says it. Equal events in a row
  // (container, comm, access and verdict) are one row with their number. The last row can go on in
  // the next batch: then it is counted, and comes with the next event that differs, or with
  // `whole`.
  [[nodiscard]] std::string render(std::span<const events::Event> events, std::int64_t now_ns,
                                   bool whole);

 private:
  void add_run(std::int64_t now_ns);

  TableStyle style_;
  TextTable table_;
  std::string day_;
  std::set<std::string> told_;  // the containers whose names are printed
  // The run at hand: its last event, how many are not printed yet, whether some are, whether one
  // process made all.
  std::optional<events::Event> run_;
  std::uint64_t count_ = 0;
  bool continued_ = false;
  bool one_process_ = true;
};

class EventPrinter {
 public:
  // Errors: those of Journal::open().
  [[nodiscard]] static Result<EventPrinter> open(const EventsOptions& options);

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
