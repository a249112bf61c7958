// SPDX-License-Identifier: Apache-2.0
// terminal.h - is there a person who reads: colours, and how wide a line may be.
#pragma once

#include <cstddef>

namespace sg::cli {

// Colours only where a person looks: a terminal that has them, and nobody who asked for none
// (NO_COLOR, TERM=dumb).
[[nodiscard]] bool wants_colour(int fd);

// The columns of the terminal, never fewer than 40, and kUsualWidth where it does not say; kNoWidth
// where it is none.
[[nodiscard]] std::size_t terminal_width(int fd);

}  // namespace sg::cli
