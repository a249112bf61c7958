// SPDX-License-Identifier: Apache-2.0
// event_text.h - the parts of an event for people: all printable, of a bounded length, not meant to
// be parsed.
//
// A value or the name of a process with a blank or one of ()[]" is in double quotes, with \" for
// each in it: so none can be taken for another process or container, or for the number of a row.
#pragma once

#include <cstddef>
#include <string>

#include "events/event.h"

namespace sg::events {

// The first of them, escaped.
[[nodiscard]] std::string container_text(const Event& event);

// "sh[4242]", or "sh" without the number; "-" where the process is not known.
[[nodiscard]] std::string process_text(const Event& event, bool with_pid = true);

// "net/ipv4/ip_forward" for a read, "net/ipv4/ip_forward=1" for a write, without its final newline;
// behind it what is unusual: the length of a value that is not shown whole, a position.
[[nodiscard]] std::string access_text(const Event& event);

// The number, or "-".
[[nodiscard]] std::string rule_text(const Event& event);

}  // namespace sg::events
