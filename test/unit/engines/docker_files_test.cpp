// SPDX-License-Identifier: Apache-2.0
// docker_files_test.cpp - the runtime and the wrapper's setting are added, found and removed; what
// was there stays byte for byte.
#include "engines/docker_files.h"

#include <optional>
#include <string>

#include "host/runtime_settings.h"
#include "support/catch.h"

using sg::Result;
using sg::engines::add_runtime;
using sg::engines::DefaultRuntime;
using sg::engines::find_default_runtime;
using sg::engines::find_docker_runtime;
using sg::engines::guard_all_containers;
using sg::engines::guard_annotated_containers;
using sg::engines::remove_runtime;
using Text = sg::engines::FileText;

namespace {

std::string added(const Text& text, bool is_default = false,
                  const std::string& path = "/b/sysctl-guard-runtime") {
  const Result<Text> out = add_runtime(text, "file", {path, is_default});
  return out ? **out : "error: " + out.error().message;
}

Text removed(const Text& text, const std::string& before = "") {
  const Result<Text> out = remove_runtime(text, "file", before);
  return out ? *out : Text("error: " + out.error().message);
}

std::string with_setting(const Text& text,
                         const std::optional<DefaultRuntime>& chained = std::nullopt) {
  const Result<Text> out = guard_all_containers(text, "file", chained);
  return out ? **out : "error: " + out.error().message;
}

Text without_setting(const Text& text) {
  const Result<Text> out = guard_annotated_containers(text, "file");
  return out ? *out : Text("error: " + out.error().message);
}

}  // namespace

TEST_CASE("daemon.json: the runtime is added") {
  struct Case {
    const char* why;
    Text text;
    bool is_default;
    std::string expected;
  };
  const Case cases[] = {
      {"no file",
       {},
       false,
       "{\n  \"runtimes\": { \"sysctl-guard\": {\"path\": \"/b/sysctl-guard-runtime\"} }\n}\n"},
      {"no file, as the default",
       {},
       true,
       "{\n  \"runtimes\": { \"sysctl-guard\": {\"path\": \"/b/sysctl-guard-runtime\"} },\n"
       "  \"default-runtime\": \"sysctl-guard\"\n}\n"},
      {"other settings", R"({"debug":true})", false,
       R"({"debug":true, "runtimes": { "sysctl-guard": {"path": "/b/sysctl-guard-runtime"} }})"},
      {"other runtimes", R"({"runtimes":{"x":{}}})", false,
       R"({"runtimes":{"x":{}, "sysctl-guard": {"path": "/b/sysctl-guard-runtime"}}})"},
      {"no runtimes in an object that is there", R"({"runtimes": {}})", false,
       R"({"runtimes": {"sysctl-guard": {"path": "/b/sysctl-guard-runtime"}}})"},
      {"it is there, with settings of its own",
       R"({"runtimes": {"sysctl-guard": {"path": "/b/sysctl-guard-runtime", "runtimeArgs": ["-d"]}}})",
       false,
       "error: file: has a runtime \"sysctl-guard\" that was not made by sysctl-guard install"},
      {"it is somebody else's", R"({"runtimes": {"sysctl-guard": {"path": "/old/rt"}}})", false,
       "error: file: has a runtime \"sysctl-guard\" that was not made by sysctl-guard install"},
      {"it is no object", R"({"runtimes": {"sysctl-guard": "/b/sysctl-guard-runtime"}})", false,
       "error: file: has a runtime \"sysctl-guard\" that was not made by sysctl-guard install"},
      {"the default one by that name, which is not there", R"({"default-runtime":"sysctl-guard"})",
       true,
       "error: file: the default runtime is \"sysctl-guard\", and there is none of that name"},
      {"it is elsewhere",
       R"({"runtimes": {"sysctl-guard": {"path": "/old/sysctl-guard-runtime"}}})", false,
       R"({"runtimes": {"sysctl-guard": {"path": "/b/sysctl-guard-runtime"}}})"},
      {"another default runtime, which does not matter", R"({"default-runtime":"crun"})", false,
       R"({"default-runtime":"crun", "runtimes": { "sysctl-guard": {"path": "/b/sysctl-guard-runtime"} }})"},
      {"another default runtime, in whose stead it is", R"({"default-runtime":"crun"})", true,
       R"({"default-runtime":"sysctl-guard", "runtimes": { "sysctl-guard": {"path": "/b/sysctl-guard-runtime"} }})"},
      {"no object", "[]", false, "error: file: it is not an object"},
      {"runtimes are none", R"({"runtimes":[]})", false,
       "error: file: \"runtimes\" is not an object"},
      {"no JSON", "{", false, "error: file: is JSON that ends too early, at byte 1"},
      {"an empty file", "", false,
       "{ \"runtimes\": { \"sysctl-guard\": {\"path\": \"/b/sysctl-guard-runtime\"} } }\n"},
      {"a file of blanks", "\n \t\r\n", false,
       "\n \t\r\n{ \"runtimes\": { \"sysctl-guard\": {\"path\": \"/b/sysctl-guard-runtime\"} } "
       "}\n"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(added(c.text, c.is_default) == c.expected);
  }
}

TEST_CASE("daemon.json: adding twice is adding once") {
  for (const Text& text :
       {Text(), Text(""), Text("{}"), Text("{\"a\": 1}"), Text("{\"runtimes\": {}}")}) {
    for (const bool is_default : {false, true}) {
      const std::string once = added(text, is_default);
      INFO(once);
      CHECK(added(once, is_default) == once);
    }
  }
}

TEST_CASE(
    "daemon.json: removing gives back what was there, byte for byte, and no file where none was") {
  for (const Text& text :
       {Text(), Text(""), Text("\n"), Text(" \t\r\n"), Text("{}"), Text("{ }"), Text("{\n}\n"),
        Text("{\n\n}"), Text("{\"runtimes\":{}}"), Text("{\"runtimes\": { }}"),
        Text("{\n  \"runtimes\": {\n  }\n}\n"),
        Text("{\n\t\"runtimes\": {\n\t\t\"x\": {\"path\": \"/x\"}\n\t},\n\t\"debug\": 1.0e1\n}"),
        Text("{\"debug\":true}"), Text("{\n  \"debug\" : true ,\n  \"features\": {}\n}\n"),
        Text("{\"default-runtime\":\"crun\",\"runtimes\":{\"crun\":{\"path\":\"/c\"}}}")}) {
    for (const bool is_default : {false, true}) {
      const Result<std::optional<DefaultRuntime>> before = find_default_runtime(text, "file");
      REQUIRE(before);
      const std::string with = added(text, is_default);
      INFO(with);
      CHECK(with != text);
      CHECK(removed(with, *before ? (*before)->name : "") == text);
    }
  }
}

TEST_CASE("daemon.json: installed again as the default, or from another place, it still goes") {
  CHECK(removed(added(added({}), true)) == Text());
  CHECK(removed(added(added({}), false, "/else/sysctl-guard-runtime")) == Text());
  CHECK(removed(added(added("{\"a\":1}"), true)) == Text("{\"a\":1}"));
}

TEST_CASE("daemon.json: what somebody added since stays") {
  CHECK(removed("{\n  \"runtimes\": { \"sysctl-guard\": {\"path\": \"/b/sysctl-guard-runtime\"} "
                "},\n  \"debug\": true\n}\n") == Text("{\n  \"debug\": true\n}\n"));
  CHECK(removed(
            R"({"runtimes": { "sysctl-guard": {"path": "/b/sysctl-guard-runtime"}, "x": {} }})") ==
        Text(R"({"runtimes": { "x": {} }})"));
  CHECK(removed(R"({"default-runtime": "x"})") == Text(R"({"default-runtime": "x"})"));
  CHECK(removed("{") == Text("error: file: is JSON that ends too early, at byte 1"));
}

TEST_CASE("daemon.json: what is not ours stays where the runtime goes") {
  for (
      const char* text :
      {R"({"default-runtime":"sysctl-guard"})",
       R"({"runtimes": {"sysctl-guard": {"path": "/old/rt"}}, "default-runtime": "sysctl-guard"})",
       R"({"runtimes": {"sysctl-guard": {"path": "/b/sysctl-guard-runtime", "runtimeArgs": []}}})"}) {
    CHECK(removed(text) == Text(text));
  }
}

TEST_CASE("daemon.json: the default runtime that the wrapper is to start") {
  struct Case {
    const char* why;
    Text text;
    std::string expected;  // NAME PATH, or the error; empty: there is none
  };
  const std::string no_program =
      "file: the default runtime 'n' is no program that ours could start: its entry in "
      "\"runtimes\" is not a path alone";
  const Case cases[] = {
      {"no file", {}, ""},
      {"none is named", "{}", ""},
      {"ours", R"({"default-runtime":"sysctl-guard"})", ""},
      {"Docker's own", R"({"default-runtime":"runc"})", "runc "},
      {"Docker's own by its other name", R"({"default-runtime":"io.containerd.runc.v2"})",
       "io.containerd.runc.v2 "},
      {"as NVIDIA's tool writes it",
       R"({"default-runtime":"n","runtimes":{"n":{"args":[],"path":"nvidia-container-runtime"}}})",
       "n nvidia-container-runtime"},
      {"the wrapper by another name finds a runtime by itself",
       R"({"default-runtime":"n","runtimes":{"n":{"path":"/usr/bin/sysctl-guard-runtime"}}})",
       "n "},
      {"not there", R"({"default-runtime":"n","runtimes":{"x":{"path":"/x"}}})", no_program},
      {"arguments",
       R"({"default-runtime":"n","runtimes":{"n":{"path":"/n","runtimeArgs":["-d"]}}})",
       no_program},
      {"a shim", R"({"default-runtime":"n","runtimes":{"n":{"runtimeType":"io.x.v1"}}})",
       no_program},
      {"a shim beside a path",
       R"({"default-runtime":"n","runtimes":{"n":{"path":"/n","runtimeType":"io.x.v1"}}})",
       no_program},
      {"no JSON", "{", "file: is JSON that ends too early, at byte 1"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<std::optional<DefaultRuntime>> found = find_default_runtime(c.text, "file");
    if (!found) {
      CHECK(found.error().message == c.expected);
    } else {
      CHECK((*found ? (*found)->name + " " + (*found)->path : "") == c.expected);
    }
  }
}

TEST_CASE("daemon.json: a default runtime that has gone since is not put back") {
  const Text text = R"({"default-runtime":"n","runtimes":{"n":{"path":"/n"}}})";
  CHECK(removed(added(text, true), "n") == text);
  CHECK(removed(added(R"({"runtimes":{"x":{"path":"/x"}}})", true), "n") ==
        Text(R"({"runtimes":{"x":{"path":"/x"}}})"));
  // Somebody has chosen another one meanwhile.
  CHECK(removed(added(text, false), "x") == text);
}

TEST_CASE("runtime.json: the default runtime until then is the real one, and goes again") {
  const DefaultRuntime nvidia{.name = "n", .path = "/n"};
  for (const Text& text : {Text(), Text("{\"version\":1}"), Text("{\n\t\"version\": 1\n}\n"),
                           Text(R"({"version": 1, "runtime": "/n"})"),
                           Text(R"({"version": 1, "allContainers": true, "runtime": "/n"})"),
                           Text(R"({"version": 1, "allContainers": true})")}) {
    const std::string with = with_setting(text, nvidia);
    INFO(with);
    const auto settings = sg::host::parse_runtime_settings(with);
    REQUIRE(settings);
    CHECK(settings->all_containers);
    CHECK(settings->runtime == "/n");
    CHECK(settings->docker_default == "n");
    CHECK(with_setting(with, nvidia) == with);
    CHECK(with_setting(with) == with);
    CHECK(without_setting(with) == text);
    // Another one became the default since: Docker's own, whose program the wrapper finds itself.
    const std::string again = with_setting(with, DefaultRuntime{.name = "runc", .path = ""});
    const auto own = sg::host::parse_runtime_settings(again);
    REQUIRE(own);
    CHECK(own->docker_default == "runc");
    CHECK(own->runtime.empty() == settings->is_runtime_by_install);
    CHECK(without_setting(again) == text);
  }
  CHECK(with_setting(R"({"version": 1, "runtime": "/r"})", nvidia) ==
        "error: file: the runtime is '/r', and Docker's default runtime is 'n', which is '/n'");
}

TEST_CASE("daemon.json: what is found") {
  const auto none = find_docker_runtime(R"({"runtimes": {"x": {"path": "/y"}}})", "file");
  REQUIRE(none);
  CHECK_FALSE(none->has_value());
  const auto found = find_docker_runtime(added({}, true), "file");
  REQUIRE(found);
  REQUIRE(found->has_value());
  CHECK((*found)->path == "/b/sysctl-guard-runtime");
  CHECK((*found)->is_default);
  const auto pathless = find_docker_runtime(R"({"runtimes": {"sysctl-guard": {}}})", "file");
  REQUIRE(pathless);
  REQUIRE(pathless->has_value());
  CHECK((*pathless)->path.empty());
  CHECK_FALSE(find_docker_runtime("x", "file"));
}

TEST_CASE("runtime.json: the wrapper reads the setting, and what was there stays") {
  for (const Text& text :
       {Text(), Text("{\"version\":1}"), Text("{ \"version\": 1, \"runtime\": \"/r\" }\n"),
        Text("{\n\t\"runtime\": \"/r\",\n\t\"version\": 1\n}\n")}) {
    const std::string with = with_setting(text);
    INFO(with);
    const auto settings = sg::host::parse_runtime_settings(with);
    REQUIRE(settings);
    CHECK(settings->all_containers);
    CHECK(settings->runtime == (text && text->find("/r") != std::string::npos ? "/r" : ""));
    CHECK(with_setting(with) == with);
    CHECK(without_setting(with) == text);
  }
}

TEST_CASE("runtime.json: what somebody else has set stays, or is said to be in the way") {
  const std::string theirs = R"({"version": 1, "allContainers": true})";
  CHECK(with_setting(theirs) == theirs);
  CHECK(without_setting(theirs) == Text(theirs));
  CHECK(without_setting(R"({"version": 1})") == Text(R"({"version": 1})"));
  CHECK(with_setting(R"({"version": 1, "allContainers": false})") ==
        "error: file: \"allContainers\" is false");
  // Added since.
  CHECK(without_setting("{ \"version\": 1, \"allContainers\": true, \"allContainersBy\": \"x\", "
                        "\"runtime\": \"/r\" }\n") ==
        Text("{ \"version\": 1, \"runtime\": \"/r\" }\n"));
}

TEST_CASE("runtime.json: what the wrapper would refuse is refused") {
  for (const char* text : {"", "{", "[]", "{}", R"({"version": 2})", R"({"version": 1, "x": 1})"}) {
    INFO(text);
    CHECK(with_setting(text).starts_with("error: "));
    CHECK(without_setting(text)->starts_with("error: "));
  }
}
