// SPDX-License-Identifier: Apache-2.0
// clock.cpp - the one place that asks for the time of day.
//
// Tested by test/integration/80-events.bats.
#include "base/clock.h"

#include <chrono>

namespace sg {

std::int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace sg
