// SPDX-License-Identifier: Apache-2.0
// clock.cpp - the one place that asks for the time of day.
#include "app/clock.h"

#include <chrono>

namespace sg::app {

std::int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace sg::app
