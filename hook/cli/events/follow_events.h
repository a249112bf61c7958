// SPDX-License-Identifier: Apache-2.0
// follow_events.h - `sysctl-guard events --follow`.
#pragma once

#include "cli/events/cmd_events.h"
#include "cli/events/event_printer.h"
#include "cli/events/events_command.h"
#include "events/event_filter.h"

namespace sg::cli {

// Prints events as they come, until SIGINT, SIGTERM, or nobody reads any more; where there is no
// buffer yet, waits for it. The outcome has what is not told until then.
[[nodiscard]] Outcome follow_events(const EventsOptions& options, const events::EventFilter& filter,
                                    const Streams& streams, EventPrinter& printer);

}  // namespace sg::cli
