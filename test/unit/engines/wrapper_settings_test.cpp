// SPDX-License-Identifier: Apache-2.0
// wrapper_settings_test.cpp - the setting is added for the wrapper to read, and taken back byte for
// byte.
#include "engines/wrapper_settings.h"

#include <optional>
#include <string>

#include "host/runtime_settings.h"
#include "support/catch.h"

using sg::engines::guard_all_containers;
using sg::engines::guard_annotated_containers;
using Text = std::optional<std::string>;

namespace {

std::string added(const Text& text) {
  const auto out = guard_all_containers(text, "file");
  return out ? *out : "error: " + out.error().message;
}

Text removed(const std::string& text) {
  const auto out = guard_annotated_containers(text, "file");
  return out ? *out : Text("error: " + out.error().message);
}

}  // namespace

TEST_CASE("runtime.json: the wrapper reads the setting, and what was there stays") {
  for (const Text& text :
       {Text(), Text("{\"version\":1}"), Text("{ \"version\": 1, \"runtime\": \"/r\" }\n"),
        Text("{\n\t\"runtime\": \"/r\",\n\t\"version\": 1\n}\n")}) {
    const std::string with = added(text);
    INFO(with);
    const auto settings = sg::host::parse_runtime_settings(with);
    REQUIRE(settings);
    CHECK(settings->all_containers);
    CHECK(settings->runtime == (text && text->find("/r") != std::string::npos ? "/r" : ""));
    CHECK(added(with) == with);
    CHECK(removed(with) == text);
  }
}

TEST_CASE("runtime.json: what somebody else has set stays, or is said to be in the way") {
  const std::string theirs = R"({"version": 1, "allContainers": true})";
  CHECK(added(theirs) == theirs);
  CHECK(removed(theirs) == Text(theirs));
  CHECK(removed(R"({"version": 1})") == Text(R"({"version": 1})"));
  CHECK(added(R"({"version": 1, "allContainers": false})") ==
        "error: file: \"allContainers\" is false");
  // Added since.
  CHECK(removed("{ \"version\": 1, \"allContainers\": true, \"allContainersBy\": \"x\", "
                "\"runtime\": \"/r\" }\n") == Text("{ \"version\": 1, \"runtime\": \"/r\" }\n"));
}

TEST_CASE("runtime.json: what the wrapper would refuse is refused") {
  for (const char* text : {"", "{", "[]", "{}", R"({"version": 2})", R"({"version": 1, "x": 1})"}) {
    INFO(text);
    CHECK(added(text).starts_with("error: "));
    CHECK(removed(text)->starts_with("error: "));
  }
}
