// SPDX-License-Identifier: Apache-2.0
// cmd_events.h - `sysctl-guard events`, which prints by itself where it follows.
#pragma once

#include "cli/command.h"
#include "cli/events/events_command.h"
#include "events/event_source.h"

namespace sg::cli {

// Where a command prints to that does not end by itself.
struct Streams {
  int out_fd = 1;
  int err_fd = 2;
};

// For the journal the first event that it has not yet, else the oldest.
[[nodiscard]] events::Start start_of(const EventsOptions& options);

// Behind the reader nothing has to be kept any more.
void let_go(events::EventSource& source, const EventsOptions& options);

// All there is to print is in the outcome, but with --clear and --follow: the first writes to
// `streams` before it puts anything away, the other batch by batch until SIGINT, SIGTERM, or nobody
// reads any more.
[[nodiscard]] Outcome cmd_events(const EventsOptions& options, const Streams& streams);

}  // namespace sg::cli
