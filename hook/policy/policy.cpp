// SPDX-License-Identifier: Apache-2.0
// policy.cpp - the order of integers over -2^63 to 2^64 - 1, which no built-in type covers.
//
// An integer is a sign and a magnitude. Zero is never negative, so each number has one form and the
// order agrees with equality of the fields.
#include "policy/policy.h"

namespace sg::policy {

std::strong_ordering operator<=>(const Integer& a, const Integer& b) noexcept {
  if (a.negative != b.negative) {
    return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return a.negative ? b.magnitude <=> a.magnitude : a.magnitude <=> b.magnitude;
}

}  // namespace sg::policy
