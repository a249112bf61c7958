// SPDX-License-Identifier: Apache-2.0
// cmd_show_test.cpp - a container that is not there, whatever this host has.
#include "support/catch.h"
#include "support/command_words.h"

using namespace sg;

TEST_CASE("show: without such a container nothing is printed but an error") {
  const cli::Outcome outcome = test::run_words({"show", "no-such-\x1b container"});
  CHECK(outcome.exit_code == cli::kExitFailed);
  CHECK(outcome.output.empty());
  CHECK(outcome.errors.starts_with("sysctl-guard: "));
  CHECK(outcome.errors.find('\x1b') == std::string::npos);
  CHECK(outcome.errors.find("\nhint: ") != std::string::npos);
}
