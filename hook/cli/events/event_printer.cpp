// SPDX-License-Identifier: Apache-2.0
// event_printer.cpp - one of the three forms.
//
// Tested by test/integration/80-events.bats.
#include "cli/events/event_printer.h"

#include <utility>

#include "base/clock.h"
#include "cli/terminal.h"

namespace sg::cli {
namespace {

TableStyle style_of(const EventsOptions& options, int out_fd) {
  return TableStyle{.width = terminal_width(out_fd),
                    .colour = wants_colour(out_fd),
                    .clock = options.clock.value_or(options.follow)};
}

}  // namespace

Result<EventPrinter> EventPrinter::open(const EventsOptions& options, int out_fd) {
  EventPrinter printer(options.form, style_of(options, out_fd));
  if (options.form == EventForm::kJournal) {
    Result<Journal> journal = Journal::open();
    if (!journal) {
      return std::move(journal).error();
    }
    printer.journal_ = *std::move(journal);
  }
  return printer;
}

Result<std::string> EventPrinter::print(std::span<const events::Event> events, bool whole) {
  std::string out;
  switch (form_) {
    case EventForm::kTable:
      return table_.render(events, now_ns(), whole);
    case EventForm::kJson:
      for (const events::Event& event : events) {
        out += events::to_json_line(event);
      }
      return out;
    case EventForm::kJournal:
      for (const events::Event& event : events) {
        if (Status sent = journal_->send(event); !sent) {
          return std::move(sent).error();
        }
      }
  }
  return out;
}

}  // namespace sg::cli
