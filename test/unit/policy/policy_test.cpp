// SPDX-License-Identifier: Apache-2.0
// policy_test.cpp - the order of integers, at each edge of the types they come from.
#include "policy/policy.h"

#include <cstdint>
#include <iterator>

#include "support/catch.h"

using sg::policy::Integer;
using sg::policy::kIntegerMax;
using sg::policy::kIntegerMin;

TEST_CASE("Integer: the order is that of the numbers") {
  const Integer ascending[] = {
      kIntegerMin,
      {true, (std::uint64_t{1} << 63) - 1},
      {true, 10},
      {true, 9},
      {true, 1},
      {false, 0},
      {false, 1},
      {false, 9},
      {false, 10},
      {false, std::uint64_t{1} << 63},
      {false, UINT64_MAX - 1},
      kIntegerMax,
  };
  for (std::size_t i = 0; i < std::size(ascending); i++) {
    for (std::size_t j = 0; j < std::size(ascending); j++) {
      INFO("numbers " << i << " and " << j);
      CHECK((ascending[i] < ascending[j]) == (i < j));
      CHECK((ascending[i] > ascending[j]) == (i > j));
      CHECK((ascending[i] == ascending[j]) == (i == j));
      CHECK((ascending[i] <= ascending[j]) == (i <= j));
    }
  }
}
