// SPDX-License-Identifier: Apache-2.0
// event_printer.cpp - events to runs, runs to rows; and the other two forms.
#include "cli/events/event_printer.h"

#include <unistd.h>

#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "base/time_text.h"
#include "events/event_text.h"

namespace sg::cli {
namespace {

// A follower forgets all containers whose names it has said beyond so many, and says them again.
constexpr std::size_t kToldMax = 10'000;

std::vector<Column> columns(bool has_clock) {
  return {{has_clock ? "TIME" : "AGE"},          {"CONTAINER", Fit::kCut},
          {"VERDICT", Fit::kWhole, false, true}, {"RULE"},
          {"PROCESS", Fit::kCutFirst},           {"ACCESS", Fit::kWrap}};
}

bool is_same_run(const events::Event& a, const events::Event& b) {
  return a.container == b.container && a.comm == b.comm && a.write == b.write && a.name == b.name &&
         a.value == b.value && a.value_len == b.value_len && a.file_pos == b.file_pos &&
         a.verdict == b.verdict && a.rule == b.rule;
}

}  // namespace

EventTable::EventTable(const TableStyle& style)
    : style_(style), table_(columns(style.clock), style.width) {}

// The row of the run at hand, "(5x)" behind the access; what comes of it later is "(+5)".
void EventTable::add_run(std::int64_t now_ns) {
  const events::Event& event = *run_;
  std::string access = events::access_text(event);
  if (continued_) {
    access += " (+" + std::to_string(count_) + ")";
  } else if (count_ > 1) {
    access += " (" + std::to_string(count_) + "x)";
  }
  continued_ = true;
  count_ = 0;
  if (style_.clock && day_text(event.time_ns) != day_) {
    day_ = day_text(event.time_ns);
    table_.add_line("-- " + day_ + " --");
  }
  if (told_.size() >= kToldMax) {
    told_.clear();
  }
  const std::string name = policy::shown_name(event.called);
  if (!name.empty() && told_.insert(event.container).second) {
    table_.add_line("-- " + events::container_text(event) + " is " +
                    escape(name, policy::kContainerNameMax) + " --");
  }
  const policy::VerdictRow& verdict = policy::row_of(event.verdict);
  table_.add({style_.clock ? clock_text(event.time_ns) : age_text(now_ns, event.time_ns),
              events::container_text(event), std::string(verdict.name), events::rule_text(event),
              events::process_text(event, one_process_), std::move(access)},
             style_.colour ? verdict.colour : std::string_view{});
}

std::string EventTable::render(std::span<const events::Event> events, std::int64_t now_ns,
                               bool whole) {
  for (const events::Event& event : events) {
    if (run_ && is_same_run(*run_, event)) {
      one_process_ = one_process_ && run_->pid == event.pid;
    } else {
      if (run_ && count_ > 0) {
        add_run(now_ns);
      }
      one_process_ = true;
      continued_ = false;
    }
    run_ = event;
    ++count_;
  }
  if (run_ && count_ > 0 && (whole || !continued_)) {
    add_run(now_ns);
  }
  return table_.take();
}

Result<EventPrinter> EventPrinter::open(const EventsOptions& options) {
  EventPrinter printer(options.form, {.width = terminal_width(STDOUT_FILENO),
                                      .colour = wants_colour(STDOUT_FILENO),
                                      .clock = options.clock.value_or(options.follow)});
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
