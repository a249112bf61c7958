// SPDX-License-Identifier: Apache-2.0
// cmd_events.h - `sysctl-guard events`, which prints by itself where it follows.
#pragma once

#include "app/command.h"
#include "app/events/events_options.h"

namespace sg::app {

// Where a command prints to that does not end by itself.
struct Streams {
  int out_fd = 1;
  int err_fd = 2;
};

// Without --follow all there is to print is in the outcome. With it events are written to `streams` batch by batch,
// until SIGINT, SIGTERM, or nobody reads any more.
[[nodiscard]] Outcome cmd_events(const EventsOptions& options, const Streams& streams);

}  // namespace sg::app
