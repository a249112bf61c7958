// SPDX-License-Identifier: Apache-2.0
// clock.h - the time, as commands and the hook need it.
#pragma once

#include <cstdint>

namespace sg {

// Nanoseconds since 1970 (CLOCK_REALTIME).
[[nodiscard]] std::int64_t now_ns();

}  // namespace sg
