// SPDX-License-Identifier: Apache-2.0
// event_filter.h - which events somebody asked for, and what to say about those that nobody can
// have.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "events/event.h"

namespace sg::events {

struct EventFilter {
  std::vector<std::string> ids;            // of the containers that are meant
  std::optional<std::string> prefix = "";  // those whose ID begins like this as well
  std::int64_t since_ns = 0;               // CLOCK_REALTIME

  [[nodiscard]] bool takes(const Event& event) const;
};

// Events that are lost to a reader, each kind with its reason.
struct LostEvents {
  std::uint64_t dropped = 0;  // found the buffer full
  std::uint64_t missed = 0;   // were written over before this reader came to them
  std::uint64_t unknown = 0;  // are of another version

  friend bool operator==(const LostEvents&, const LostEvents&) = default;
};

// A line for each kind that there is, "sysctl-guard: ..."; "" where nothing is lost. `follow`:
// somebody reads all the time, so that another hint is due.
[[nodiscard]] std::string lost_text(const LostEvents& lost, bool follow);

}  // namespace sg::events
