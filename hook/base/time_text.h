// SPDX-License-Identifier: Apache-2.0
// time_text.h - points in time as text and back: RFC 3339, "10m", the clock, an age.
//
// A time is in nanoseconds since 1970, CLOCK_REALTIME. Only clock_text looks at the time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sg {

// The last moment of 2261, the last whole year that 64 bits of nanoseconds hold.
inline constexpr std::int64_t kTimeMax = 9'214'646'399'999'999'999;

// "2026-11-25T09:30:00.000000000Z": UTC, always nine digits, so that it is exact and sorts as text.
// For a time before 1970 it is that of 1970.
[[nodiscard]] std::string rfc3339_text(std::int64_t time_ns);

// RFC 3339 with "Z" or an offset, up to nine digits of a second; nothing where it is anything else,
// or before 1970 or after kTimeMax.
[[nodiscard]] std::optional<std::int64_t> parse_rfc3339(std::string_view text);

// The nanoseconds of "10m" or "2h30m": numbers with the units d, h, m, s, each unit once, largest
// first. Nothing where it is anything else, or more than a hundred years.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

// "09:30:00" in the time zone of the environment, and the day of it, "2026-11-25".
[[nodiscard]] std::string clock_text(std::int64_t time_ns);
[[nodiscard]] std::string day_text(std::int64_t time_ns);

// How long ago `then` was, in one unit: "5s", "3m", "2h", "9d"; "0s" where it is yet to come.
[[nodiscard]] std::string age_text(std::int64_t now_ns, std::int64_t then_ns);

}  // namespace sg
