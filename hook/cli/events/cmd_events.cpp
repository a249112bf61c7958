// SPDX-License-Identifier: Apache-2.0
// cmd_events.cpp - `sysctl-guard events`: what there is in the ring buffer, once; to follow is in
// follow_events.h.
//
// Tested by test/integration/80-events.bats.
#include "cli/events/cmd_events.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file_io.h"
#include "cli/events/container_filter.h"
#include "cli/events/event_printer.h"
#include "cli/events/follow_events.h"
#include "events/event_filter.h"
#include "events/event_source.h"
#include "guard/read_guards.h"

namespace sg::cli {
namespace {

// Where the guards cannot be read, none is found.
Result<events::EventFilter> filter_of(const EventsOptions& options) {
  events::EventFilter filter;
  if (!options.container.empty()) {
    const Result<guard::Containers> containers = guard::read_containers();
    Result<events::EventFilter> found =
        filter_of_container(containers ? *containers : guard::Containers{}, options.container);
    if (!found) {
      return found;
    }
    filter = *std::move(found);
  }
  // Who follows sees what comes, and the past where --since asks for it. The journal gets all that
  // it has not yet.
  const bool is_from_now = options.follow && options.form != EventForm::kJournal;
  filter.since_ns = options.since_ns.value_or(is_from_now ? now_ns() : 0);
  if (options.ago_ns) {
    filter.since_ns = std::max<std::int64_t>(now_ns() - *options.ago_ns, 0);
  }
  return filter;
}

Outcome show(const EventsOptions& options, const events::EventFilter& filter,
             const Streams& streams, EventPrinter& printer) {
  Result<events::EventSource> source = events::open_source(start_of(options));
  if (!source) {
    return outcome_of(source.error());
  }
  std::vector<events::Event> events;
  if (const Status read = events::read_present(*source, filter, events); !read) {
    return outcome_of(read.error());
  }
  Result<std::string> text = printer.print(events, /*whole=*/true);
  if (!text) {
    return outcome_of(text.error());
  }
  if (events.empty() && options.form == EventForm::kTable) {
    *text = "no events\n";
  }
  // What is put away was really shown.
  if (options.clear && !write_all(streams.out_fd, std::exchange(*text, ""))) {
    return outcome_of(system_error("write events", errno, "they are not put away"));
  }
  let_go(*source, options);
  return {.output = *std::move(text), .errors = events::lost_text(source->lost, /*follow=*/false)};
}

}  // namespace

events::Start start_of(const EventsOptions& options) {
  return options.form == EventForm::kJournal ? events::Start::kNotForwarded
                                             : events::Start::kOldest;
}

void let_go(events::EventSource& source, const EventsOptions& options) {
  if (options.clear) {
    source.ring.clear(source.dropped_before);
  } else if (options.form == EventForm::kJournal) {
    source.ring.mark_forwarded();
  } else {
    source.ring.take_out();
  }
}

Outcome cmd_events(const EventsOptions& options, const Streams& streams) {
  Result<EventPrinter> printer = EventPrinter::open(options, streams.out_fd);
  if (!printer) {
    return outcome_of(printer.error());
  }
  const Result<events::EventFilter> filter = filter_of(options);
  if (!filter) {
    return outcome_of(filter.error());
  }
  return options.follow ? follow_events(options, *filter, streams, *printer)
                        : show(options, *filter, streams, *printer);
}

}  // namespace sg::cli
