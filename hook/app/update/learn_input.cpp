// SPDX-License-Identifier: Apache-2.0
// learn_input.cpp - one pass over the events; what is the same is counted.
#include "app/update/learn_input.h"

#include <tuple>
#include <utility>

#include "base/text.h"

namespace sg::app {

LearnInput gather(std::span<const Event> events, std::string_view container) {
  using Key = std::tuple<std::string, std::string, std::uint64_t, bool>;
  std::map<Key, std::uint64_t> writes;
  LearnInput input;
  for (const Event& event : events) {
    if (!event.container.starts_with(container) || event.verdict == policy::Verdict::kAllow) {
      continue;
    }
    input.containers.insert(event.container);
    if (event.write) {
      ++writes[{event.name, event.value, event.value_len, event.file_pos == 0}];
    } else {
      ++input.reads[event.name];
    }
  }
  for (const auto& [key, count] : writes) {
    input.writes.push_back({.name = std::get<0>(key),
                            .value = std::get<1>(key),
                            .value_size = std::get<2>(key),
                            .at_position_zero = std::get<3>(key),
                            .count = count});
  }
  return input;
}

Result<std::vector<Event>> read_event_lines(std::string_view text) {
  std::vector<Event> events;
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty()) {
      continue;
    }
    Result<Event> event = parse_json_line(line);
    if (!event) {
      return std::move(event).error().context("line " + std::to_string(number));
    }
    events.push_back(*std::move(event));
  }
  return events;
}

}  // namespace sg::app
