// SPDX-License-Identifier: Apache-2.0
// learn_input.h - events into what there is to learn from: refused writes, each once, and refused
// reads.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/event.h"
#include "policy/learn.h"

namespace sg::cli {

struct LearnInput {
  std::vector<policy::SeenWrite> writes;       // denied or would-be denied, sorted, each kind once
  std::map<std::string, std::uint64_t> reads;  // denied or would-be denied, by name
  std::set<std::string> containers;            // whose events these are
};

// The ID among those of the events that `wanted` means: it is that, or the only one that begins so;
// `wanted` itself where there is none, and where it is empty. Errors: kUsage, with all of them.
[[nodiscard]] Result<std::string> id_among(std::span<const events::Event> events,
                                           const std::string& wanted);

// Only events of the container with this ID; "" for all.
[[nodiscard]] LearnInput gather(std::span<const events::Event> events, std::string_view container);

// The lines of `sysctl-guard events --json`. Empty lines are passed over. Errors: kBadInput with
// the number of the line that is no event.
[[nodiscard]] Result<std::vector<events::Event>> read_event_lines(std::string_view text);

}  // namespace sg::cli
