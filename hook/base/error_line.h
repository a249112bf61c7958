// SPDX-License-Identifier: Apache-2.0
// error_line.h - an error as the one line a runtime passes on.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace sg {

// The most bytes of a line; runtimes and engines wrap it in lines of their own.
inline constexpr std::size_t kLineMax = 1024;

// "sysctl-guard: <what>: <why>; <what to do>", at most kLineMax bytes, all printable, no newline.
[[nodiscard]] std::string error_line(const Error& error);

}  // namespace sg
