// SPDX-License-Identifier: Apache-2.0
// event_filter_test.cpp - which events are taken, and what is said about lost ones.
#include "events/event_filter.h"

#include <utility>
#include <vector>

#include "support/catch.h"

using sg::events::Event;
using sg::events::EventFilter;
using sg::events::lost_text;

TEST_CASE("Event filter: the beginning of an ID") {
  Event event;
  event.container = "abcdef";
  CHECK(EventFilter{}.takes(event));
  for (const char* const id : {"", "a", "abc", "abcdef"}) {
    CHECK(EventFilter{.ids = {}, .prefix = id}.takes(event));
  }
  for (const char* const id : {"b", "abcdefg", "ABC", "bcdef"}) {
    CHECK_FALSE(EventFilter{.ids = {}, .prefix = id}.takes(event));
  }
  event.container = std::string(79, 'a');  // of a longer ID
  CHECK(EventFilter{.ids = {}, .prefix = std::string(100, 'a')}.takes(event));
  CHECK_FALSE(EventFilter{.ids = {}, .prefix = std::string(78, 'a') + "b"}.takes(event));
  event.container.pop_back();
  CHECK_FALSE(EventFilter{.ids = {}, .prefix = std::string(100, 'a')}.takes(event));
}

TEST_CASE("Event filter: a whole ID") {
  Event event;
  event.container = "abcdef";
  CHECK(EventFilter{.ids = {"x", "abcdef"}, .prefix = std::nullopt}.takes(event));
  for (const char* const id : {"", "abc", "abcdefg"}) {
    CHECK_FALSE(EventFilter{.ids = {id}, .prefix = std::nullopt}.takes(event));
  }
  event.container = std::string(79, 'a');  // of a longer ID
  CHECK(EventFilter{.ids = {std::string(100, 'a')}, .prefix = std::nullopt}.takes(event));
  CHECK(EventFilter{.ids = {std::string(79, 'a')}, .prefix = std::nullopt}.takes(event));
  CHECK_FALSE(EventFilter{.ids = {std::string(78, 'a')}, .prefix = std::nullopt}.takes(event));
}

TEST_CASE("Event filter: from a time on") {
  Event event;
  event.time_ns = 100;
  CHECK(EventFilter{.ids = {}, .since_ns = 100}.takes(event));
  CHECK_FALSE(EventFilter{.ids = {}, .since_ns = 101}.takes(event));
}

TEST_CASE("Lost events: a line for each kind") {
  CHECK(lost_text({}, false).empty());
  CHECK(lost_text({.dropped = 1}, false) ==
        "sysctl-guard: 1 event dropped since the buffer was made or cleared, whenever it was full; "
        "events "
        "--follow makes room\n");
  CHECK(lost_text({.dropped = 2, .missed = 3, .unknown = 4}, true) ==
        "sysctl-guard: 2 events dropped, as the buffer was full; a larger eventBuffer in the node "
        "policy "
        "holds more\n"
        "sysctl-guard: 3 events missed: newer ones were written over them before they could be "
        "shown\n"
        "sysctl-guard: 4 events left out: they are of another version of sysctl-guard\n");
}
