// SPDX-License-Identifier: Apache-2.0
// verdict.h - what becomes of an access, and what is written about it.
#pragma once

#include <array>
#include <cstddef>
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

// The error that a refused access gets, where the kernel lets the guard choose (Linux 5.18).
enum class Refusal { kEperm, kErofs, kEacces };

// Their names, in that order.
inline constexpr std::array<std::string_view, 3> kRefusalNames = {"EPERM", "EROFS", "EACCES"};

// What the verdict on one access can be. The numbers are those of guards (bpf/event_abi.h;
// event.cpp compares them): events and counters have them.
enum class Verdict {
  kDeny = 0,
  kAllow = 1,
  kWouldDeny = 3,  // the policy denies it, and it is let through
};

// All that is said of a verdict: whatever shows or counts them loops over the rows.
struct VerdictRow {
  Verdict verdict;
  std::string_view name;     // in documents, events and metrics
  std::string_view counter;  // the member of a document that counts it
  std::string_view title;    // of the column that counts it
  std::string_view colour;   // on a terminal
  std::string_view syslog;   // the priority of its event in the journal
};

inline constexpr std::array<VerdictRow, 3> kVerdicts{{
    {Verdict::kDeny, "deny", "denied", "DENIED", "\x1b[31m", "4"},
    {Verdict::kWouldDeny, "would-deny", "wouldDeny", "WOULD-DENY", "\x1b[33m", "5"},
    {Verdict::kAllow, "allow", "allowed", "ALLOWED", "\x1b[32m", "6"},
}};
inline constexpr std::string_view kNoColour = "\x1b[0m";

[[nodiscard]] constexpr const VerdictRow& row_of(Verdict verdict) noexcept {
  std::size_t i = 0;
  while (i + 1 < kVerdicts.size() && kVerdicts[i].verdict != verdict) {
    ++i;
  }
  return kVerdicts[i];
}

// "allow", "deny" or "would-deny".
[[nodiscard]] inline std::string_view verdict_name(Verdict verdict) noexcept {
  return row_of(verdict).name;
}

// What the limit is for the runtime's own pairs of linux.sysctl.
enum class Declared {
  kExempt,  // nothing: whoever starts the container answers for them
  kLimit,   // what it is for annotations
};

// The names of these, as the node policy writes them, in their order.
inline constexpr std::array<std::string_view, 2> kDeclaredNames = {"exempt", "limit"};

}  // namespace sg::policy
