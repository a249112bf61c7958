// SPDX-License-Identifier: Apache-2.0
// hook_options_test.cpp - the two options in both forms, and everything else refused.
#include "request/hook_options.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::Result;
using sg::request::HookOptions;
using sg::request::parse_hook_options;
using Arguments = std::vector<std::string>;

TEST_CASE("Hook options: both, in both forms and any order") {
  for (const Arguments& arguments :
       {Arguments{"--policy", "/p", "--profile", "x"}, Arguments{"--profile=x", "--policy=/p"},
        Arguments{"--profile", "x", "--policy=/p"}}) {
    const Result<HookOptions> options = parse_hook_options(arguments);
    REQUIRE(options);
    CHECK(options->node_policy_file == "/p");
    CHECK(options->profile == "x");
  }
  const Result<HookOptions> none = parse_hook_options({});
  REQUIRE(none);
  CHECK(none->node_policy_file.empty());
  CHECK(none->profile.empty());
  CHECK(parse_hook_options(Arguments{"--policy", "--profile"})->node_policy_file == "--profile");
}

TEST_CASE("Hook options: everything else is a mistake") {
  for (const Arguments& arguments :
       {Arguments{"createRuntime"}, Arguments{""}, Arguments{"--policy"}, Arguments{"--policy="},
        Arguments{"--policy", ""}, Arguments{"--profile=a", "--profile=a"},
        Arguments{"--policy=/p", "x"}, Arguments{"--polic=/p"}, Arguments{"-p", "/p"},
        Arguments{"--help"}}) {
    INFO(arguments.front());
    const Result<HookOptions> options = parse_hook_options(arguments);
    REQUIRE_FALSE(options);
    CHECK(options.error().code == sg::Errc::kUsage);
    CHECK(options.error().message.find("argument '") == 0);
    CHECK_FALSE(options.error().hint.empty());
  }
}
