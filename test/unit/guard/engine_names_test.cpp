// SPDX-License-Identifier: Apache-2.0
// engine_names_test.cpp - names in the files of Podman and Docker, and none in anything else.
#include "guard/engine_names.h"

#include <string>

#include "support/catch.h"

using namespace sg;
using guard::EngineNames;
using guard::parse_docker_name;
using guard::parse_storage_names;

TEST_CASE("Engine names: those that Podman's storage has") {
  CHECK(parse_storage_names(R"([
    {"id": "aa", "names": ["vpn"], "image": "x", "metadata": "{\"id\":\"no\"}"},
    {"names": ["first", "second"], "id": "bb"},
    {"id": "cc"},
    {"id": "dd", "names": []},
    {"id": "ee", "names": [5]},
    {"id": 6, "names": ["none"]},
    {"names": ["none"]},
    {"id": "ff", "flags": {"names": ["deep"], "id": "deep"}}])") ==
        EngineNames{{"aa", "vpn"}, {"bb", "first"}});
  for (const char* const text : {"", "[]", "{}", "null", "x", R"([{"id": "a", "names": ["b"]})",
                                 R"({"id": "a"})", R"([{"id": "a", "id": "b", "names": ["c"]}])"}) {
    CHECK(parse_storage_names(text).empty());
  }
}

TEST_CASE("Engine names: the one that Docker's file has, without its slash") {
  CHECK(parse_docker_name(R"({"ID": "aa", "Name": "/vpn", "Config": {"Name": "no"}})") == "vpn");
  CHECK(parse_docker_name(R"({"Name": "vpn"})") == "vpn");
  for (const char* const text :
       {"", "[]", "{}", "x", R"({"Name": 5})", R"({"Name": "/a", "Name": "/b"})", R"({"Name": {}})",
        R"({"Config": {"Name": "no"}})"}) {
    CHECK(parse_docker_name(text).empty());
  }
}
