// SPDX-License-Identifier: Apache-2.0
// clock.h - the time, as commands and the hook need it.
#pragma once

#include <cstdint>

namespace sg {

// Nanoseconds since 1970 (CLOCK_REALTIME).
[[nodiscard]] std::int64_t now_ns();

// Nanoseconds that nobody sets back (CLOCK_MONOTONIC): how long something takes, or is ago.
[[nodiscard]] std::int64_t steady_ns();

}  // namespace sg
