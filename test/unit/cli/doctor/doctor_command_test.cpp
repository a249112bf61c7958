// SPDX-License-Identifier: Apache-2.0
// doctor_command_test.cpp - command lines of `doctor`.
#include "cli/doctor/doctor_command.h"

#include "support/catch.h"
#include "support/command_words.h"

using namespace sg;

TEST_CASE("Doctor options: each of them, and what is not given") {
  const auto read = [](const test::Words& words) {
    return test::read_words(cli::doctor_command(), cli::read_doctor_options, words);
  };
  const auto options = read({"--json", "--root", "/r", "--policy=/p"});
  REQUIRE(options);
  CHECK(options->json);
  CHECK(options->root == "/r");
  CHECK(options->policy == "/p");
  CHECK(read({})->root == "/");
  CHECK(read({})->policy == "/etc/sysctl-guard/policy.json");
  CHECK(read({"podman"}).error().message == "nothing can stand here: 'podman'");
  CHECK(read({"--root", "r"}).error().message == "--root: 'r' is not an absolute path");
}
