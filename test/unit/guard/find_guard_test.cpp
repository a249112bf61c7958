// SPDX-License-Identifier: Apache-2.0
// find_guard_test.cpp - which container an ID, the beginning of one or a name means, and when none.
#include "guard/find_guard.h"

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "support/catch.h"
#include "support/some_guards.h"

using namespace sg;
using guard::Containers;
using guard::find_guard;
using guard::FoundBy;
using guard::IdMatch;
using test::foreign_view;
using test::view_of;

namespace {

const std::string kVictim = "3f4e8b1c2d9a55660718293a4b5c6d7e8f90011223344556677889900aabbccd";
const std::string kOther = "9a0b8b1c2d9a55660718293a4b5c6d7e8f90011223344556677889900aabbccd";

// Guards of these IDs and names, in this order.
Containers containers_of(const std::vector<std::pair<std::string, std::string>>& all) {
  Containers containers;
  for (const auto& [id, name] : all) {
    containers.guards.push_back(view_of({id, name}));
  }
  return containers;
}

// The ID that was found, or the message.
std::string found(const Containers& containers, const std::string& wanted) {
  const Result<const guard::GuardView*> view = find_guard(containers, wanted);
  return view ? (*view)->container.id : view.error().message;
}

std::string none(const std::string& wanted) {
  return "'" + wanted + "': no guarded container has this ID or name";
}

}  // namespace

TEST_CASE("Find guard: an ID, what one ID alone begins with, and a name") {
  Containers containers = containers_of(
      {{kVictim, "web"}, {"01aa", "db"}, {"01", "odd"}, {"web2", ""}, {"x1", "two words"}});
  containers.guards.push_back(foreign_view());
  CHECK(found(containers, kVictim) == kVictim);
  CHECK(found(containers, "01") == "01");  // the whole ID, though others begin like this
  CHECK(found(containers, "3f4") == kVictim);
  CHECK(found(containers, kVictim.substr(0, 12)) == kVictim);
  CHECK(found(containers, "01a") == "01aa");
  CHECK(found(containers, "w") == "web2");  // names have no prefixes
  CHECK(found(containers, "db") == "01aa");
  CHECK(found(containers, "odd") == "01");
  CHECK(found(containers, "two words") == "x1");
  CHECK(found(containers, "x\x1b[31m") == none("x\\x1b[31m"));
  CHECK(found(containers, "") == "the ID is empty");
  CHECK(found(containers, "unknown") == none("unknown"));
  CHECK(find_guard(containers, "nope").error().hint == "see sysctl-guard list");
  CHECK(find_guard(containers, "nope").error().code == Errc::kUsage);
}

TEST_CASE("Find guard: a name that is chosen to be taken for another container decides nothing") {
  struct Case {
    const char* why;
    std::string victim_id, victim_name, name, wanted, expected;
  };
  const std::string both = "': it could mean several containers: ";
  const std::string short_id = kVictim.substr(0, 12);
  const auto second = [](const std::string& name) { return kOther + " (" + name + ")"; };
  const std::string control(20, '\x01');  // "\x01" is shown as four characters
  const std::string long_name(40, 'n');
  const Case cases[] = {
      {"the ID as list shows it", kVictim, "", short_id, short_id,
       "'" + short_id + both + kVictim + ", " + second(short_id)},
      {"a shorter beginning", kVictim, "", "3f4e", "3f4e",
       "'3f4e" + both + kVictim + ", " + second("3f4e")},
      {"one character", kVictim, "", "3", "3", "'3" + both + kVictim + ", " + second("3")},
      {"a longer beginning", kVictim, "", kVictim.substr(0, 63), kVictim.substr(0, 63),
       "'" + kVictim.substr(0, 63) + both + kVictim + ", " + second(kVictim.substr(0, 63))},
      {"the whole ID", kVictim, "", kVictim, kVictim, kVictim},
      {"an ID of another form", "web-1", "", "web", "web",
       "'web" + both + "web-1, " + second("web")},
      {"the same, whole", "web-1", "", "web-1", "web-1", "web-1"},
      {"the same name", kVictim, "web", "web", "web",
       "'web': several containers have this name: " + kVictim + " (web), " + second("web")},
      {"a name as list escapes it", kVictim, "a\nb", "a\\nb", "a\\nb",
       "'a\\\\nb" + both + second("a\\\\nb") + ", " + kVictim + " (a\\nb)"},
      {"a name as list cuts it", kVictim, long_name, "nnnnn...", "nnnnn...",
       "'nnnnn..." + both + second("nnnnn...") + ", " + kVictim + " (" + long_name + ")"},
      {"an ID as list escapes and cuts it", control, "", "\\x01\\x01...", "\\x01\\x01...",
       "'\\\\x01\\\\x01..." + both + second("\\\\x01\\\\x01...") + ", " + escape(control, 128)},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    for (const bool is_first : {true, false}) {
      Containers containers = containers_of({{c.victim_id, c.victim_name}});
      containers.guards.insert(is_first ? containers.guards.end() : containers.guards.begin(),
                               view_of({kOther, c.name}));
      std::string expected = c.expected;
      if (!is_first && expected.find("have this name") != std::string::npos) {
        expected = "'web': several containers have this name: " + second("web") + ", " + kVictim +
                   " (web)";
      }
      CHECK(found(containers, c.wanted) == expected);
      // The control: who is not hostile is found by name, and the other one by its own ID.
      CHECK(found(containers, kOther) == kOther);
      CHECK(found(containers, kOther.substr(0, 12)) == kOther);
      CHECK(found(containers, c.victim_id) == c.victim_id);
    }
  }
  CHECK(find_guard(containers_of({{kVictim, ""}, {kOther, short_id}}), short_id).error().hint ==
        "write more of the ID");
}

TEST_CASE("Find guard: a name that is shown like another one is no rival where it does not fit") {
  const Containers containers = containers_of({{"a1", "web..."}, {"b1", "app"}, {"c1", "..."}});
  CHECK(found(containers, "web...") == "a1");
  CHECK(found(containers, "app") == "b1");
  CHECK(found(containers, "...") == "c1");
  CHECK(found(containers, "ap...") == none("ap..."));
}

TEST_CASE("Find guard: a name like an ID means a container that is gone, and is not taken") {
  const std::string id12 = kVictim.substr(0, 12);
  Containers containers = containers_of({{kOther, id12}});
  CHECK(found(containers, id12) ==
        "'" + id12 + "': no guarded container has this ID, and as a name, that of " + kOther +
            ", it is not taken: it reads like an ID");
  CHECK(find_guard(containers, id12).error().hint == "write the ID of the container that is meant");
  CHECK(found(containers, kOther) == kOther);
  containers = containers_of({{kOther, kVictim}});
  CHECK(found(containers, kVictim).find("it is not taken") != std::string::npos);
  // One less, or one that is no digit, is a name.
  containers = containers_of({{kOther, id12.substr(0, 11)}, {"b1", "3f4e8b1c2d9g"}});
  CHECK(found(containers, id12.substr(0, 11)) == kOther);
  CHECK(found(containers, "3f4e8b1c2d9g") == "b1");
}

TEST_CASE(
    "Find guard: containers without a guard, or with one of another version, can be meant too") {
  struct Case {
    const char* why;
    std::string cgroup;
    bool is_rival;
  };
  const Case cases[] = {
      {"Podman, systemd", "/machine.slice/libpod-" + kVictim + ".scope", true},
      {"Podman, cgroupfs", "/libpod_parent/libpod-" + kVictim, true},
      {"Docker", "/docker/" + kVictim, true},
      {"below it", "/docker/" + kVictim + "/init", true},
      {"a digit less", "/docker/" + kVictim.substr(0, 63), false},
      {"a digit more", "/docker/" + kVictim + "0", false},
      {"no digits", "/docker/" + std::string(64, 'g'), false},
      {"something else", "/system.slice/3f4e.service", false},
      {"the container's own", "/docker/" + kOther, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Containers containers = containers_of({{kOther, "3f4e"}});
    containers.cgroups = {"/", "/docker/" + kOther, c.cgroup};
    CHECK(found(containers, "3f4e") ==
          (c.is_rival ? "'3f4e': it could mean several containers: " + kOther + " (3f4e), " +
                            kVictim + " (without a guard)"
                      : kOther));
    CHECK(found(containers, kOther.substr(0, 12)) == kOther);
  }
  // Its whole ID means it alone, and no name.
  Containers containers = containers_of({{kOther, kVictim}});
  containers.cgroups = {"/docker/" + kVictim, "/docker/" + kOther};
  CHECK(found(containers, kVictim) == none(kVictim));
}

TEST_CASE("Find guard: a pod, its containers and its sandbox") {
  const Containers containers = containers_of({{"a1", "default/vpn/"},
                                               {"a2", "default/vpn/wg"},
                                               {"b1", "default/two/"},
                                               {"b2", "default/two/a"},
                                               {"b3", "default/two/b"},
                                               {"c1", "other/vpn/"},
                                               {"d1", "default/rival/x"},
                                               {"d2", "default/rival"}});
  CHECK(found(containers, "default/vpn/wg") == "a2");
  CHECK(found(containers, "default/vpn") == "a2");  // the only one beside the sandbox
  CHECK(found(containers, "sandbox of default/vpn") == "a1");
  CHECK(found(containers, "other/vpn") == "c1");
  CHECK(found(containers, "default/two") ==
        "'default/two': the pod has several containers: b2 (default/two/a), b3 (default/two/b)");
  CHECK(find_guard(containers, "default/two").error().hint ==
        "write NAMESPACE/POD/CONTAINER, or an ID");
  CHECK(found(containers, "default/two/b") == "b3");
  CHECK(found(containers, "default/rival") ==
        "'default/rival': it could mean several containers: d2 (default/rival), d1 "
        "(default/rival/x)");
  for (const char* const wanted : {"default/vpn/", "vpn", "wg", "default", "vpn/wg", "default/v"}) {
    CHECK(found(containers, wanted) == none(wanted));
  }
  const auto pod = *guard::find_container(containers, "default/two");
  CHECK(pod->by == FoundBy::kPod);
  CHECK(pod->guards.size() == 3);  // with its sandbox
}

TEST_CASE("Find guard: what an engine's files call a container is a name like any other") {
  const auto containers_called = [](const std::vector<std::pair<std::string, std::string>>& names) {
    Containers containers = containers_of({{kOther, "annotated"}, {"b1", ""}});
    containers.cgroups = {"/docker/" + kVictim, "/docker/" + kOther};
    containers.engine_names = {names.begin(), names.end()};
    return containers;
  };
  Containers containers = containers_called({{kOther, "vpn"}});
  CHECK(found(containers, "vpn") == kOther);
  CHECK(found(containers, "annotated") == kOther);
  CHECK(found(containers, "vp") == none("vp"));
  // An ID wins, and a name that could be its beginning, or another one's name, means nothing.
  CHECK(found(containers_called({{kOther, "b1"}}), "b1") == "b1");
  CHECK(found(containers_called({{kOther, kVictim}}), kVictim) == none(kVictim));
  for (const std::string& name : {std::string("b"), kVictim.substr(0, 4)}) {
    CHECK(found(containers_called({{kOther, name}}), name).find("it could mean several") !=
          std::string::npos);
  }
  CHECK(found(containers_called({{kOther, "vpn"}, {"b1", "vpn"}}), "vpn").find("several") !=
        std::string::npos);
  CHECK(found(containers_called({{"b1", "annotated"}}), "annotated").find("several") !=
        std::string::npos);
  // Who has no guard can be meant too.
  CHECK(found(containers_called({{kOther, "vpn"}, {kVictim, "vpn"}}), "vpn")
            .ends_with(kVictim + " (without a guard)"));
  CHECK(found(containers_called({{kVictim, "vpn"}}), "vpn") == none("vpn"));
}

TEST_CASE("Find guard: a name that its guard had no room for") {
  const std::string id(255, 'x');
  const std::string name = "default/" + std::string(253, 'p') + "/c";
  const Containers containers = containers_of({{id, name.substr(0, 223)}, {"b", "app"}});
  CHECK(found(containers, name) == id);
  CHECK(found(containers, name.substr(0, 222)) == none(name.substr(0, 222)));
}

TEST_CASE("Find guard: what several containers share is an error that lists them") {
  Containers containers = containers_of({{"aa1", "app"}, {"aa2", "app\n"}, {"bb", "app"}});
  containers.guards.push_back(view_of({"cc", "two"}, {}, {}, "/one"));
  containers.guards.push_back(view_of({"cc", "two"}, {}, {}, "/two"));
  CHECK(found(containers, "a") == "'a': several IDs begin like this: aa1 (app), aa2 (app\\n)");
  CHECK(found(containers, "app") ==
        "'app': several containers have this name: aa1 (app), bb (app)");
  for (const char* const wanted : {"cc", "c", "two"}) {
    CHECK(found(containers, wanted) ==
          "'" + std::string(wanted) +
              "': there are several guards of this container: cc on /one, cc on /two");
  }
  for (const char* const cgroup : {"/one", "/two"}) {
    const auto guard = guard::find_guard(containers, cgroup);
    REQUIRE(guard);
    CHECK((*guard)->guard.cgroup == cgroup);
  }
  CHECK(found(containers, "/on") == none("/on"));
  for (int i = 0; i < 20; ++i) {
    containers.guards.push_back(view_of({.id = "z" + std::to_string(i)}));
  }
  CHECK(found(containers, "z").ends_with("z9 and 10 more"));
}

TEST_CASE("Find guard: one whose container nobody wrote yet is meant by nothing") {
  Containers containers = containers_of({{"", ""}, {"", "web"}, {"abc", ""}});
  CHECK(found(containers, "web") == none("web"));
  CHECK(found(containers, "abc") == "abc");
  CHECK(found(containers, "a") == "abc");
  CHECK(found(containers, "?") == none("?"));
}

TEST_CASE("Find guard: by what a container was found") {
  const Containers containers = containers_of({{"abc", "web"}, {kOther, "0123456789ab"}});
  const auto by = [&](const std::string& wanted) {
    return (*guard::find_container(containers, wanted))->by;
  };
  CHECK(by("abc") == FoundBy::kWholeId);
  CHECK(by("ab") == FoundBy::kPrefix);
  CHECK(by("web") == FoundBy::kName);
  CHECK(by("0123456789ab") == FoundBy::kNameLikeId);
  CHECK_FALSE(*guard::find_container(containers, "none"));
}

TEST_CASE("Find guard: a text is the whole of an ID, or its beginning") {
  CHECK(guard::match_id("abc", "abc") == IdMatch::kWhole);
  CHECK(guard::match_id("abc", "ab") == IdMatch::kPrefix);
  CHECK(guard::match_id("abc", "") == IdMatch::kPrefix);
  CHECK(guard::match_id("abc", "abcd") == IdMatch::kNone);
  CHECK(guard::match_id("abc", "bc") == IdMatch::kNone);
}
