// SPDX-License-Identifier: Apache-2.0
// clock.cpp - the time of day, and the time that goes by.
//
// Tested by test/integration/80-events.bats.
#include "base/clock.h"

#include <chrono>

namespace sg {
namespace {

template <typename Clock>
std::int64_t ns_of() {
  const auto now = Clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace

std::int64_t now_ns() { return ns_of<std::chrono::system_clock>(); }

std::int64_t steady_ns() { return ns_of<std::chrono::steady_clock>(); }

}  // namespace sg
