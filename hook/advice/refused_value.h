// SPDX-License-Identifier: Apache-2.0
// refused_value.h - values that the kernel refuses, or stores as another one, and why: of rules and
// of writes alike.
//
// Names may be patterns: what is said of one holds for all that it covers. For the commands.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "advice/advice.h"
#include "policy/policy.h"
#include "policy/value_rule.h"
#include "sysctl/kinds.h"

namespace sg::advice {

// What is wrong with a text that is no number where the kernel takes nothing else.
[[nodiscard]] std::string no_number(std::string_view text);

// Numbers as text, blanks between them: one beyond what the sysctl holds, or what kernels take.
[[nodiscard]] std::optional<Advice> refused_numbers(std::string_view pattern,
                                                    std::string_view text);

// Where all numbers from `low` to `high` are beyond what kernels take; `shown` is how that is written.
[[nodiscard]] std::optional<Advice> refused_range(std::string_view pattern,
                                                  const policy::Integer& low,
                                                  const policy::Integer& high,
                                                  const std::string& shown);

// What stands between two quotes of one kind, which nothing takes off: "" of any other text.
[[nodiscard]] std::string_view inside_quotes(std::string_view text) noexcept;
inline constexpr std::string_view kQuotesStay = "the quotes are taken for a part of the value";

// What is wrong with a text where the kernel reads a hexadecimal mask, or "".
[[nodiscard]] std::string wrong_mask(std::string_view text);

// Where the numbers of one value, each by itself one that kernels take, are refused for their order or
// their place: the ends of ranges, those that are no range being the same.
[[nodiscard]] std::optional<Advice> refused_row(std::string_view pattern,
                                                std::span<const policy::Bounds> numbers);

// A text where the kernel looks for something by one name.
[[nodiscard]] std::optional<Advice> refused_name(std::string_view pattern, std::string_view text);

// Of a write of `value` to the sysctl `name` (slash form).
[[nodiscard]] std::optional<Advice> refused_write(std::string_view name, std::string_view value);

}  // namespace sg::advice
