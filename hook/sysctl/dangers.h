// SPDX-License-Identifier: Apache-2.0
// dangers.h - sysctls with which whoever writes them takes the host, weakens it, or stops it.
//
// A table for warnings about what a node policy permits. It is about taking and undoing; settings
// that merely make a host slow are not in it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace sg::sysctl {

enum class Harm {
  kGivesAway,   // the writer becomes root of the host
  kWeakens,     // a protection of the host is gone
  kBringsDown,  // the host stops, reboots, or can do no more work
};
inline constexpr std::array<Harm, 3> kHarms = {Harm::kGivesAway, Harm::kWeakens, Harm::kBringsDown};

// "gives the host away" and the like.
[[nodiscard]] std::string_view harm_clause(Harm harm) noexcept;

// `name` is in slash form and no pattern, so that what is covered is shown by a name that kernels
// have. The values, in the language of rules, are either those that do harm (`harmful`) or those
// that do none (`harmless`); where both are empty, every value does. Of several rows with one name
// the first is the worst.
struct Danger {
  std::string_view name;
  Harm harm = Harm::kWeakens;
  std::string_view harmful;
  std::string_view harmless;
  std::string_view proposed;  // values that are proposed where the sysctl is needed
  std::string_view reason;    // one clause
  // The numbers that some kernel takes, where they are fewer than the sysctl's width holds.
  std::int64_t lowest = INT64_MIN;
  std::uint64_t highest = UINT64_MAX;
};

[[nodiscard]] std::span<const Danger> dangers() noexcept;

}  // namespace sg::sysctl
