// SPDX-License-Identifier: Apache-2.0
// verdict.h - what becomes of an access, and what is written about it.
#pragma once

#include <array>
#include <string_view>

namespace sg::policy {

// What happens to an access that the policy denies.
enum class Audit {
  kOff,          // it is denied
  kWithinLimit,  // it is let through, but for a write beyond the limit and what the floor denies
  kFull,         // it is let through
};

// What a guard writes events for.
enum class Events {
  kOff,     // nothing
  kDenied,  // each access that is denied, or would be
  kWrites,  // that, and each write that is allowed
};

// Their names, in that order.
inline constexpr std::array<std::string_view, 3> kEventsNames = {"off", "denied", "writes"};

// What the verdict on one access can be.
enum class Verdict {
  kDeny,
  kAllow,
  kWouldDeny,  // the policy denies it, and it is let through
};

// "allow", "deny" or "would-deny", as in the JSON form.
[[nodiscard]] std::string_view verdict_name(Verdict verdict) noexcept;

}  // namespace sg::policy
