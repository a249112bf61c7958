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

TEST_CASE("failure: the clock is that of this century") {
  constexpr std::int64_t kYear2020 = std::int64_t{1577836800} * 1'000'000'000;
  CHECK(app::now_ns() > kYear2020);
}
