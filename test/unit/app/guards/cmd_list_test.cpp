// SPDX-License-Identifier: Apache-2.0
// cmd_list_test.cpp - the command as a whole, whatever this host has.
#include "app/command.h"
#include "app/exit_code.h"
#include "support/catch.h"

using namespace sg;

TEST_CASE("list: it answers, or says why the kernel could not be asked") {
  for (const bool json : {false, true}) {
    const app::Outcome outcome = app::cmd_list({.json = json});
    if (outcome.exit_code == app::kListDone) {
      CHECK(outcome.output.starts_with("{\n  \"guards\": [") == json);
      CHECK(outcome.errors.empty());
    } else {
      CHECK(outcome.exit_code == app::kListFailed);
      CHECK(outcome.output.empty());
      CHECK(outcome.errors.starts_with("sysctl-guard: "));
    }
  }
}
