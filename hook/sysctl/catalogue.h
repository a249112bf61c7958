// SPDX-License-Identifier: Apache-2.0
// catalogue.h - how wide the numbers of a sysctl are, which are hexadecimal masks, which are not
// one number, and what a namespace of its own does not have.
//
// All that the hook needs of data/sysctls beside namespaces. What else is known is in kinds.h and
// walked.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sg::sysctl {

enum class Width : std::uint8_t { kInt32, kUint32, kInt64, kUint64 };

struct WideName {
  std::string_view name;
  Width width = Width::kInt32;
};

// The names (slash form) whose numbers are not an int.
[[nodiscard]] std::span<const WideName> wide_names() noexcept;

// What the numbers of exactly this name are. An int where it is not known: some handlers cut a
// larger number down to that, without an error. So it is for a pattern too, whatever it covers.
[[nodiscard]] Width width_of(std::string_view pattern) noexcept;

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
  std::string_view name;
  bool is_there = false;  // on some kernel, read-only
};
[[nodiscard]] std::span<const NotOwn> names_not_own() noexcept;

}  // namespace sg::sysctl
