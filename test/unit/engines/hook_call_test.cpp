// SPDX-License-Identifier: Apache-2.0
// hook_call_test.cpp - calls found in documents, and each way in which one of ours does not guard.
#include "engines/hook_call.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "base/file_write.h"
#include "oci/open_proc_sys.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::engines::check_hook_call;
using sg::host::RootDir;
using sg::oci::HookEntry;
using sg::oci::is_our_hook;
using sg::test::TempDir;

TEST_CASE("Hook call: ours by its first argument or by the name of the program") {
  CHECK(is_our_hook({.path = "/usr/libexec/oci/hooks.d/sysctl-guard-hook", .args = {}}));
  CHECK(is_our_hook({.path = "/usr/bin/myhook", .args = {"sysctl-guard-hook"}}));
  CHECK_FALSE(is_our_hook({.path = "/usr/bin/other", .args = {"other", "sysctl-guard-hook"}}));
  CHECK_FALSE(is_our_hook({.path = "/usr/bin/not-sysctl-guard-hook", .args = {}}));
  CHECK_FALSE(is_our_hook({.path = "", .args = {}}));
}

TEST_CASE("Hook call: found at the depth where they stand") {
  const std::vector<std::vector<std::string_view>> everything(1);
  const auto items = sg::read_json(
      R"({"a": [{"path": "/x", "args": ["x", "-y"], "env": ["path"]}, {"args": []},
                {"args": ["z"], "path": "/z"}], "path": "/no"})",
      "it", everything);
  REQUIRE(items);
  const std::vector<HookEntry> calls = sg::engines::hook_calls(*items, 2);
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].path == "/x");
  CHECK(calls[0].args == std::vector<std::string>{"x", "-y"});
  CHECK(calls[1].path == "/z");
  CHECK(calls[1].args == std::vector<std::string>{"z"});
}

TEST_CASE("Hook call: a program that is there, with arguments that guard") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/hook", "x"));
  REQUIRE(::chmod((dir.path() + "/hook").c_str(), 0755) == 0);
  struct Case {
    const char* why;
    HookEntry call;
    std::size_t wrong;
  };
  const Case cases[] = {
      {"as install has it", {.path = "/hook", .args = {"sysctl-guard-hook"}}, 0},
      {"a profile", {.path = "/hook", .args = {"sysctl-guard-hook", "--profile", "web"}}, 0},
      {"no arguments at all", {.path = "/hook", .args = {}}, 0},
      {"it prints its help and ends well",
       {.path = "/hook", .args = {"sysctl-guard-hook", "--help"}},
       1},
      {"or its version", {.path = "/hook", .args = {"sysctl-guard-hook", "--version"}}, 1},
      {"not there", {.path = "/none", .args = {"sysctl-guard-hook"}}, 1},
      {"both", {.path = "/none", .args = {"sysctl-guard-hook", "--help"}}, 2},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto checks = check_hook_call(root, "hook:x", "/file", c.call);
    CHECK(checks.size() == c.wrong);
    for (const sg::engines::Check& check : checks) {
      CHECK(check.status == sg::engines::CheckStatus::kFailed);
      CHECK(check.summary.starts_with("/file "));
      CHECK_FALSE(check.remedy.empty());
    }
  }
}
