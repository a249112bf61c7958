// SPDX-License-Identifier: Apache-2.0
// cmd_list_test.cpp - the command as a whole, whatever this host has.
#include "support/catch.h"
#include "support/command_words.h"

using namespace sg;

TEST_CASE("list: it answers, or says why the kernel could not be asked") {
  for (const bool json : {false, true}) {
    const cli::Outcome outcome =
        test::run_words(json ? test::Words{"list", "--json"} : test::Words{"list"});
    if (outcome.exit_code == cli::kExitDone) {
      CHECK(outcome.output.starts_with("{\n  \"guards\": [") == json);
      CHECK(outcome.errors.empty());
    } else {
      CHECK(outcome.exit_code == cli::kExitFailed);
      CHECK(outcome.output.empty());
      CHECK(outcome.errors.starts_with("sysctl-guard: "));
    }
  }
}
