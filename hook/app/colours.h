// SPDX-License-Identifier: Apache-2.0
// colours.h - the colours of a terminal, and which one a verdict has.
#pragma once

#include <string_view>

#include "policy/verdict.h"

namespace sg::app {

inline constexpr std::string_view kReset = "\x1b[0m";
inline constexpr std::string_view kRed = "\x1b[31m";
inline constexpr std::string_view kGreen = "\x1b[32m";
inline constexpr std::string_view kYellow = "\x1b[33m";

[[nodiscard]] constexpr std::string_view colour_of(policy::Verdict verdict) noexcept {
  switch (verdict) {
    case policy::Verdict::kAllow:
      return kGreen;
    case policy::Verdict::kWouldDeny:
      return kYellow;
    case policy::Verdict::kDeny:
      break;
  }
  return kRed;
}

}  // namespace sg::app
