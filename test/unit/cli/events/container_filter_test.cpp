// SPDX-License-Identifier: Apache-2.0
// container_filter_test.cpp - whose events an ID, the beginning of one, or a name means.
#include "cli/events/container_filter.h"

#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/some_guards.h"

using sg::cli::filter_of_container;
using sg::events::Event;
using sg::events::EventFilter;
using sg::guard::Containers;
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

TEST_CASE(
    "Event filter: a guarded container by its ID, its name, and what its ID alone begins with") {
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
