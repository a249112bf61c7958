// SPDX-License-Identifier: Apache-2.0
// learn_input.cpp - one pass over the events for the container, one to count what is the same.
#include "cli/learn/learn_input.h"

#include <tuple>
#include <utility>

#include "base/text.h"
#include "event_abi.h"
#include "guard/find_guard.h"

namespace sg::cli {

Result<std::string> id_among(std::span<const events::Event> events, const std::string& wanted) {
  std::set<std::string> ids;
  for (const events::Event& event : events) {
    // Of an ID that is longer than an event has room for, the beginning is there.
    const bool is_cut =
        event.container.size() == SG_EVENT_ID_SIZE - 1 && wanted.starts_with(event.container);
    const guard::IdMatch match =
        is_cut ? guard::IdMatch::kWhole : guard::match_id(event.container, wanted);
    if (match == guard::IdMatch::kWhole) {
      return event.container;
    }
    if (match == guard::IdMatch::kPrefix) {
      ids.insert(event.container);
    }
  }
  if (ids.size() < 2 || wanted.empty()) {
    return ids.size() == 1 ? *ids.begin() : wanted;
  }
  std::vector<std::string> texts;
  for (const std::string& id : ids) {
    texts.push_back(escape(id));
  }
  return Error{Errc::kUsage,
               "'" + escape(wanted) + "': several IDs begin like this: " + guard::list_of(texts),
               "write more of the ID"};
}

LearnInput gather(std::span<const events::Event> events, std::string_view container) {
  using Key = std::tuple<std::string, std::string, std::uint64_t, bool>;
  std::map<Key, std::uint64_t> writes;
  LearnInput input;
  for (const events::Event& event : events) {
    if ((!container.empty() && event.container != container) ||
        event.verdict == policy::Verdict::kAllow) {
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

Result<std::vector<events::Event>> read_event_lines(std::string_view text) {
  std::vector<events::Event> events;
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty()) {
      continue;
    }
    Result<events::Event> event = events::parse_json_line(line);
    if (!event) {
      return std::move(event).error().context("line " + std::to_string(number));
    }
    events.push_back(*std::move(event));
  }
  return events;
}

}  // namespace sg::cli
