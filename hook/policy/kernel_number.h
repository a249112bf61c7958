// SPDX-License-Identifier: Apache-2.0
// kernel_number.h - what the kernel reads as a number where a sysctl takes one: decimal, octal with
// a 0 in front, hexadecimal.
//
// Numbers of rules are decimal alone (value_rule.h); this is for texts, and for what is written.
#pragma once

#include <optional>
#include <string_view>

#include "policy/policy.h"

namespace sg::policy {

// Whether it has the form of one, however large it is.
[[nodiscard]] bool is_kernel_number(std::string_view token) noexcept;

// The number; nothing where it is none, or more than 64 bits hold.
[[nodiscard]] std::optional<Integer> kernel_number(std::string_view token) noexcept;

}  // namespace sg::policy
