// SPDX-License-Identifier: Apache-2.0
// unlikely_values.h - values in rules that their sysctl cannot take, and what was meant.
//
// Warnings alone: what a value is made of is not known of every sysctl. For the commands.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::advice {

// Adds a warning for each rule with a value that is no number where numbers are taken ("true",
// "0-2", "1k"), of another count of numbers, a range where the kernel takes a list, two rules in
// one value, "==".
void warn_unlikely_values(std::span<const policy::Rule> rules, Diagnostics& findings);

// Whether there is such a warning about the rule.
[[nodiscard]] bool has_unlikely_values(const policy::Rule& rule);

// Whether it is about a value that the sysctl does not take at all.
[[nodiscard]] bool has_useless_values(const policy::Rule& rule);

// --- what was meant (meant_value.cpp); each value that is proposed is one the sysctl can take --------

// "NAME=VALUES" of a name in slash form; NAME alone where there are no values.
[[nodiscard]] std::string proposed_rule(std::string_view pattern, std::string_view values);

// Whether that rule can be parsed, and its sysctl can take the values, for all that is known.
[[nodiscard]] bool stands(std::string_view pattern, std::string_view values);

// What to write in place of a text that is to be a number of that sysctl, or `count` of them (0: not
// known): "write 0..2 for a range".
[[nodiscard]] std::string number_hint(std::string_view pattern, std::size_t count,
                                      std::string_view text);

// What to write in place of NAME, a sign of comparison and a number: "write NAME=1.. for more than
// 0"; "" where no rule says that.
[[nodiscard]] std::string sign_hint(std::string_view pattern, std::string_view sign,
                                    std::string_view number);

}  // namespace sg::advice
