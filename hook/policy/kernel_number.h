// SPDX-License-Identifier: Apache-2.0
// kernel_number.h - numbers as text: what the kernel reads as one where a sysctl takes a number
// (decimal, octal with a 0 in front, hexadecimal), and what looks like one in a rule.
//
// Numbers of rules are decimal alone, in one form (value_rule.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/policy.h"

namespace sg::policy {

// Whether it has the form of one, however large it is.
[[nodiscard]] bool is_kernel_number(std::string_view token) noexcept;

// The number; nothing where it is none, or more than 64 bits hold.
[[nodiscard]] std::optional<Integer> kernel_number(std::string_view token) noexcept;

// Digits with or without a sign, canonical or not.
[[nodiscard]] bool looks_like_integer(std::string_view token) noexcept;

// The canonical form of what looks like an integer: no '+', no leading zeros, no "-0".
[[nodiscard]] std::string canonical_form(std::string_view token);

struct Sides {
  std::string_view low;   // empty: open
  std::string_view high;  // empty: open
};

// The sides of LOW..HIGH; nothing where the token is not of that form. ".." alone is not.
[[nodiscard]] std::optional<Sides> split_range(std::string_view token) noexcept;

// "1..5" of "1...5", "1 .. 5", "{1..5}", "1..=5" and "1..<6"; "" of what is nothing of the kind.
[[nodiscard]] std::string meant_range(std::string_view text);

}  // namespace sg::policy
