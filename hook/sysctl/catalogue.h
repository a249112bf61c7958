// SPDX-License-Identifier: Apache-2.0
// catalogue.h - how wide the numbers of a sysctl are, which are hexadecimal masks, which are one
// number and which are not, and what a namespace of its own does not have.
//
// All that the hook needs of data/sysctls beside namespaces. What else is known is in kinds.h and
// walked.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sg::sysctl {

enum class Width : std::uint8_t {
  kInt32,
  kUint32,
  kInt64,
  kUint64,
  kFlag,        // 0 and 1: every other number is stored as 1
  kHundredths,  // of a second, kept as ticks in an int
};

// A sysctl (slash form; "*" for an interface and the like) and what its numbers are.
struct NumbersOf {
  std::string_view name;
  Width width = Width::kInt32;
};

// Those whose numbers have other bounds than an int's: further ones ...
[[nodiscard]] std::span<const NumbersOf> wide_names() noexcept;

// ... and narrower ones, beyond which the kernel stores another number without an error.
[[nodiscard]] std::span<const NumbersOf> narrow_names() noexcept;

// What the numbers of all names that this pattern covers are. An int where it is not known, and for
// a pattern that covers others too: some handlers cut a larger number down to that, without an
// error.
[[nodiscard]] Width width_of(std::string_view pattern) noexcept;

// Whether some kernel showed all names that this pattern covers to be one number each, so that
// width_of is what they hold and no guess.
[[nodiscard]] bool is_known_number(std::string_view pattern) noexcept;

// Whether some kernel showed such a name below this one (slash form), which is a directory then.
[[nodiscard]] bool is_directory_of_numbers(std::string_view name);

// The names whose values the kernel reads as hexadecimal masks: "10" is 16.
[[nodiscard]] std::span<const std::string_view> mask_names() noexcept;

// A sysctl (slash form; "*" for an interface and the like) that does not hold one number.
struct NotOneNumber {
  std::string_view name;
  std::string_view what;  // "holds text", as it goes on behind the name
};

// What exactly this name holds, where that is known and not one number. Nothing for a pattern with
// "*", whatever it covers.
[[nodiscard]] std::optional<std::string_view> holds_no_one_number(std::string_view pattern);

// A sysctl that is below a namespace's directory and that no kernel lets a container write in a
// namespace of its own.
struct NotOwn {
  std::string_view name;  // or a pattern for all below a directory
  bool is_there = false;  // on some kernel, read-only
};
[[nodiscard]] std::span<const NotOwn> names_not_own() noexcept;

// The row that covers all that this pattern covers; null: none.
[[nodiscard]] const NotOwn* find_not_own(std::string_view pattern) noexcept;

}  // namespace sg::sysctl
