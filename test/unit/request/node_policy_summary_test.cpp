// SPDX-License-Identifier: Apache-2.0
// node_policy_summary_test.cpp - profiles and default mode, or what is wrong with the file.
#include "request/node_policy_summary.h"

#include <string>
#include <vector>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::host::RootDir;
using sg::request::NodePolicySummary;
using sg::request::summarize_node_policy;
using sg::test::TempDir;

TEST_CASE("Node policy summary: no file is a summary too") {
  const TempDir dir;
  const auto summary = summarize_node_policy(RootDir(dir.path()), "/etc/p.json");
  REQUIRE(summary);
  CHECK_FALSE(summary->exists);
  CHECK(summary->profiles.empty());
  CHECK_FALSE(summary->default_mode.has_value());
}

TEST_CASE("Node policy summary: what it holds") {
  struct Case {
    const char* why;
    std::string text;
    std::vector<std::string> profiles;
    std::string mode;
  };
  const Case cases[] = {
      {"the least", R"({"version": 1})", {}, ""},
      {"profiles, sorted",
       R"({"profiles": {"b": {}, "a": {"allow": ["net.*"]}}, "version": 1})",
       {"a", "b"},
       ""},
      {"a default without a mode", R"({"version": 1, "default": {"deny": ["net.*"]}})", {}, ""},
      {"audit", R"({"version": 1, "default": {"mode": "audit"}})", {}, "audit"},
      {"enforce, in so many words",
       R"({"version": 1, "default": {"mode": "enforce"}})",
       {},
       "enforce"},
      {"a profile by the name of a key",
       R"({"version": 1, "profiles": {"mode": {}}})",
       {"mode"},
       ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const TempDir dir;
    REQUIRE(sg::replace_file(dir.path() + "/p", c.text));
    const auto summary = summarize_node_policy(RootDir(dir.path()), "/p");
    REQUIRE(summary);
    CHECK(summary->exists);
    CHECK(summary->profiles == c.profiles);
    CHECK(summary->default_mode.value_or("") == c.mode);
  }
}

TEST_CASE("Node policy summary: what is wrong is an error with the file's name") {
  for (const char* text :
       {"", "[]", "{}", R"({"version": 2})", R"({"version": "1"})",
        R"({"version": 1, "default": 1})", R"({"version": 1, "default": {"mode": "off"}})",
        R"({"version": 1, "default": {"mode": 1}})", R"({"version": 1, "profiles": []})",
        R"({"version": 1, "version": 1})"}) {
    INFO(text);
    const TempDir dir;
    REQUIRE(sg::replace_file(dir.path() + "/p", text));
    const auto summary = summarize_node_policy(RootDir(dir.path()), "/p");
    REQUIRE_FALSE(summary);
    CHECK(summary.error().code == sg::Errc::kNodePolicy);
    CHECK(summary.error().message.find("node policy") != std::string::npos);
  }
  const TempDir dir;
  CHECK_FALSE(summarize_node_policy(RootDir(dir.path()), "/"));
}

TEST_CASE("Node policy summary: dangers have the line of the rule") {
  const TempDir dir;
  REQUIRE(sg::replace_file(dir.path() + "/p",
                           "{\"version\": 1,\n\"limit\": {\"host\": [\"kernel.hotplug\"]}}"));
  const auto summary = summarize_node_policy(RootDir(dir.path()), "/p");
  REQUIRE(summary);
  REQUIRE(summary->dangers.size() == 1);
  CHECK(summary->dangers[0].line == 2);
  CHECK(summary->dangers[0].pointer == "/limit/host/0");
}
