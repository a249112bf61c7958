// SPDX-License-Identifier: Apache-2.0
// failure_test.cpp - an error as a command prints it.
#include "app/failure.h"

#include "support/catch.h"

using namespace sg;

TEST_CASE("failure: message and hint are lines of standard error, the hint where there is one") {
  const app::Outcome both = app::failure(Error{Errc::kSystem, "what: why", "do this"}, 2);
  CHECK(both.exit_code == 2);
  CHECK(both.output.empty());
  CHECK(both.errors == "sysctl-guard: what: why\nhint: do this\n");
  CHECK(app::failure(Error{Errc::kSystem, "what: why", ""}, 7).errors ==
        "sysctl-guard: what: why\n");
  CHECK(app::failure(Error{Errc::kSystem, "what: why", ""}, 7).exit_code == 7);
}
