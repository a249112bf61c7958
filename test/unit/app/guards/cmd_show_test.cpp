// SPDX-License-Identifier: Apache-2.0
// cmd_show_test.cpp - a container that is not there, whatever this host has.
#include "app/command.h"
#include "app/exit_code.h"
#include "support/catch.h"

using namespace sg;

TEST_CASE("show: without such a container nothing is printed but an error") {
  const app::Outcome outcome = app::cmd_show({.container = "no-such-\x1b container"});
  CHECK(outcome.exit_code == app::kShowFailed);
  CHECK(outcome.output.empty());
  CHECK(outcome.errors.starts_with("sysctl-guard: "));
  CHECK(outcome.errors.find('\x1b') == std::string::npos);
  CHECK(outcome.errors.find("\nhint: ") != std::string::npos);
}
