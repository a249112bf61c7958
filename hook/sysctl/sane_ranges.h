// SPDX-License-Identifier: Apache-2.0
// sane_ranges.h - sysctls whose value somebody else on the network dictates, and the numbers that a
// program may sensibly be told.
//
// A router's advertisement has a hop limit, an MTU and times of neighbours; the client writes them.
// What was seen once is not what comes next, and an absurd number is an attack.
#pragma once

#include <cstdint>
#include <string_view>

namespace sg::sysctl {

struct SaneRange {
  std::string_view name;  // a pattern in slash form
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::string_view why;  // who dictates it, one clause
};

// The range of the sysctl `name` (slash form); nullptr where it has none.
[[nodiscard]] const SaneRange* sane_range_of(std::string_view name);

}  // namespace sg::sysctl
