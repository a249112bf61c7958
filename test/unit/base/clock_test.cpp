// SPDX-License-Identifier: Apache-2.0
// clock_test.cpp - the time is that of this century.
#include "base/clock.h"

#include "support/catch.h"

using namespace sg;

TEST_CASE("Clock: it is that of this century") {
  constexpr std::int64_t kYear2020 = std::int64_t{1577836800} * 1'000'000'000;
  CHECK(now_ns() > kYear2020);
}
