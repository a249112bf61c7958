// SPDX-License-Identifier: Apache-2.0
// event_filter_test.cpp - which events are taken, and what is said about lost ones.
#include "app/events/event_filter.h"

#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/some_guards.h"

using sg::app::Containers;
using sg::app::Event;
using sg::app::EventFilter;
using sg::app::filter_of_container;
using sg::app::lost_text;
using sg::test::meta_of;
using sg::test::view_of;

namespace {

// Those of `ids` whose events `wanted` means, or the message.
std::string taken(const Containers& containers, const std::string& wanted,
                  const std::vector<std::string>& ids) {
  const sg::Result<EventFilter> filter = filter_of_container(containers, wanted);
  if (!filter) {
    return filter.error().message;
  }
  std::string out;
  for (const std::string& id : ids) {
    Event event;
    event.container = id;
    out += filter->takes(event) ? (out.empty() ? "" : " ") + id : "";
  }
  return out;
}

}  // namespace

TEST_CASE("Event filter: the beginning of an ID") {
  Event event;
  event.container = "abcdef";
  CHECK(EventFilter{}.takes(event));
  for (const char* const id : {"", "a", "abc", "abcdef"}) {
    CHECK(EventFilter{.id = "", .prefix = id}.takes(event));
  }
  for (const char* const id : {"b", "abcdefg", "ABC", "bcdef"}) {
    CHECK_FALSE(EventFilter{.id = "", .prefix = id}.takes(event));
  }
  event.container = std::string(79, 'a');  // of a longer ID
  CHECK(EventFilter{.id = "", .prefix = std::string(100, 'a')}.takes(event));
  CHECK_FALSE(EventFilter{.id = "", .prefix = std::string(78, 'a') + "b"}.takes(event));
  event.container.pop_back();
  CHECK_FALSE(EventFilter{.id = "", .prefix = std::string(100, 'a')}.takes(event));
}

TEST_CASE("Event filter: a whole ID") {
  Event event;
  event.container = "abcdef";
  CHECK(EventFilter{.id = "abcdef", .prefix = std::nullopt}.takes(event));
  for (const char* const id : {"", "abc", "abcdefg"}) {
    CHECK_FALSE(EventFilter{.id = id, .prefix = std::nullopt}.takes(event));
  }
  event.container = std::string(79, 'a');  // of a longer ID
  CHECK(EventFilter{.id = std::string(100, 'a'), .prefix = std::nullopt}.takes(event));
  CHECK(EventFilter{.id = std::string(79, 'a'), .prefix = std::nullopt}.takes(event));
  CHECK_FALSE(EventFilter{.id = std::string(78, 'a'), .prefix = std::nullopt}.takes(event));
}

TEST_CASE("Event filter: a guarded container by its ID, its name, and what its ID alone begins with") {
  Containers containers;
  for (const auto& [id, name] : std::vector<std::pair<std::string, std::string>>{
           {"aa1", "web"}, {"aa10", "db"}, {"bb1", "app"}, {"bb2", "app"}, {"cc1", "dd"}}) {
    containers.guards.push_back(view_of(meta_of(id, name)));
  }
  containers.guards.push_back(sg::test::foreign_view());
  // aa11, dd1 and ee1 are gone.
  const std::vector<std::string> ids{"aa1", "aa10", "aa11", "bb1", "bb2", "cc1", "dd1", "ee1"};
  CHECK(taken(containers, "aa1", ids) == "aa1");  // the whole ID, though others begin like this
  CHECK(taken(containers, "web", ids) == "aa1");
  CHECK(taken(containers, "c", ids) == "cc1");
  CHECK(taken(containers, "e", ids) == "ee1");
  CHECK(taken(containers, "dd", ids) == "cc1 dd1");  // a name hides nobody's events
  CHECK(taken(containers, "x", ids).empty());
  CHECK(taken(containers, "a", ids) == "'a': several IDs begin like this: aa1 (web), aa10 (db)");
  CHECK(taken(containers, "app", ids) ==
        "'app': several containers have this name: bb1 (app), bb2 (app)");
  // Two guards of one container are one container.
  containers.guards.push_back(view_of(meta_of("aa1", "web"), {}, "/other"));
  CHECK(taken(containers, "aa1", ids) == "aa1");
  CHECK(taken({}, "aa1", ids) == "aa1 aa10 aa11");
}

TEST_CASE("Event filter: a name that is another container's ID, or its beginning") {
  const std::string victim = "3f4e8b1c2d9a55660718293a4b5c6d7e8f90011223344556677889900aabbccd";
  const std::vector<std::string> ids{victim, "evil"};
  for (const std::size_t size : {12U, 63U, 64U}) {
    const std::string name = victim.substr(0, size);
    Containers containers;
    containers.guards.push_back(view_of(meta_of("evil", name)));
    INFO(name);
    CHECK(taken(containers, name, ids) == victim);  // which is gone, or has no guard
    CHECK(taken(containers, victim, ids) == victim);
    CHECK(taken(containers, "evil", ids) == "evil");
    containers.guards.push_back(view_of(meta_of(victim, "")));
    CHECK(taken(containers, name, ids) ==
          (size == 64 ? victim
                      : "'" + name + "': it could mean several containers: " + victim + ", evil (" +
                            name + ")"));
  }
}

TEST_CASE("Event filter: from a time on") {
  Event event;
  event.time_ns = 100;
  CHECK(EventFilter{.id = "", .since_ns = 100}.takes(event));
  CHECK_FALSE(EventFilter{.id = "", .since_ns = 101}.takes(event));
}

TEST_CASE("Lost events: a line for each kind") {
  CHECK(lost_text({}, false).empty());
  CHECK(lost_text({.dropped = 1}, false) ==
        "sysctl-guard: 1 event dropped since the buffer was made or cleared, whenever it was full; events "
        "--follow makes room\n");
  CHECK(lost_text({.dropped = 2, .missed = 3, .unknown = 4}, true) ==
        "sysctl-guard: 2 events dropped, as the buffer was full; a larger eventBuffer in the node policy "
        "holds more\n"
        "sysctl-guard: 3 events missed: newer ones were written over them before they could be shown\n"
        "sysctl-guard: 4 events left out: they are of another version of sysctl-guard\n");
}
