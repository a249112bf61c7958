// SPDX-License-Identifier: Apache-2.0
// time_text_test.cpp - times there and back, and what is none.
#include "base/time_text.h"

#include <stdlib.h>
#include <time.h>

#include <random>

#include "support/catch.h"

using sg::age_text;
using sg::parse_duration;
using sg::parse_rfc3339;
using sg::rfc3339_text;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

TEST_CASE("Time: RFC 3339 there and back is exact") {
  CHECK(rfc3339_text(0) == "1970-01-01T00:00:00.000000000Z");
  CHECK(rfc3339_text(-1) == "1970-01-01T00:00:00.000000000Z");
  CHECK(rfc3339_text(1'764'063'000 * kSecond + 7) == "2025-11-25T09:30:00.000000007Z");
  CHECK(rfc3339_text(sg::kTimeMax) == "2261-12-31T23:59:59.999999999Z");
  CHECK(parse_rfc3339("2261-12-31T23:59:59.999999999Z") == sg::kTimeMax);
  CHECK_FALSE(parse_rfc3339("2261-12-31T23:59:59.999999999-00:01"));
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000; ++i) {
    const auto time_ns = static_cast<std::int64_t>(random() >> 1);
    if (time_ns <= sg::kTimeMax) {
      CHECK(parse_rfc3339(rfc3339_text(time_ns)) == time_ns);
    }
  }
}

TEST_CASE("Time: RFC 3339 of others") {
  const std::int64_t base = 1'764'063'000 * kSecond;
  CHECK(parse_rfc3339("2025-11-25T09:30:00Z") == base);
  CHECK(parse_rfc3339("2025-11-25t09:30:00z") == base);
  CHECK(parse_rfc3339("2025-11-25T11:30:00+02:00") == base);
  CHECK(parse_rfc3339("2025-11-25T04:00:00-05:30") == base);
  CHECK(parse_rfc3339("2025-11-25T09:30:00.5Z") == base + kSecond / 2);
  for (const char* const text :
       {"", "2025-11-25", "2025-11-25T09:30:00", "2025-11-25 09:30:00Z", "2025-02-30T09:30:00Z",
        "2025-11-25T24:00:00Z", "2025-11-25T09:60:00Z", "2025-11-25T09:30:00.Z",
        "2025-11-25T09:30:00.1234567890Z", "2025-11-25T09:30:00Z ", "x025-11-25T09:30:00Z",
        "1969-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "2025-11-25T09:30:00+24:00",
        "2025-11-25T09:30:00+0200", "1970-01-01T00:00:00+00:01", "9999-12-31T23:59:59Z"}) {
    INFO(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("Time: durations") {
  CHECK(parse_duration("10m") == 600 * kSecond);
  CHECK(parse_duration("2h30m") == 9000 * kSecond);
  CHECK(parse_duration("1d2h3m4s") == 93784 * kSecond);
  CHECK(parse_duration("0s") == 0);
  CHECK(parse_duration("36600d") == std::int64_t{36600} * 86400 * kSecond);
  for (const char* const text : {"", "10", "m", "30m2h", "1m1m", "-1m", "1.5h", "10 m", "1w",
                                 "36601d", "99999999999999999999s", "010m", "36600d1s",
                                 "36600d878400h52704000m", "36600d878400h52704000m3162240000s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("Time: the clock is that of the time zone") {
  REQUIRE(::setenv("TZ", "Test-2", 1) == 0);
  ::tzset();
  CHECK(sg::clock_text(1'764'063'000 * kSecond) == "11:30:00");
  CHECK(sg::day_text(1'764'115'199 * kSecond) == "2025-11-26");
  REQUIRE(::setenv("TZ", "UTC0", 1) == 0);
  ::tzset();
  CHECK(sg::clock_text(1'764'063'000 * kSecond) == "09:30:00");
}

TEST_CASE("Time: ages have one unit") {
  CHECK(age_text(0, 0) == "0s");
  CHECK(age_text(0, kSecond) == "0s");
  CHECK(age_text(60 * kSecond - 1, 0) == "59s");
  CHECK(age_text(60 * kSecond, 0) == "1m");
  CHECK(age_text(3599 * kSecond, 0) == "59m");
  CHECK(age_text(3600 * kSecond, 0) == "1h");
  CHECK(age_text(86399 * kSecond, 0) == "23h");
  CHECK(age_text(86400 * kSecond * 9, 0) == "9d");
}
