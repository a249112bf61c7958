// SPDX-License-Identifier: Apache-2.0
// follow_events.h - `sysctl-guard events --follow`.
#pragma once

#include "app/events/cmd_events.h"
#include "app/events/event_filter.h"
#include "app/events/event_printer.h"
#include "cli/events/events_command.h"

namespace sg::app {

// Prints events as they come, until SIGINT, SIGTERM, or nobody reads any more; where there is no buffer yet, waits for
// it. The outcome has what is not told until then.
[[nodiscard]] Outcome follow_events(const EventsOptions& options, const EventFilter& filter, const Streams& streams,
                                    EventPrinter& printer);

}  // namespace sg::app
