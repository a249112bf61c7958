// SPDX-License-Identifier: Apache-2.0
// joined_rules.h - two rules in one value, with a sign between them that parts no rules.
//
// For the commands.
#pragma once

#include <string_view>

namespace sg::advice {

// What stands between two rules where only values can: nothing, or a separator that is no more than
// a byte of a value inside a string of a JSON list.
enum class Between { kNoRules, kBlank, kSeparator, kBar, kLeftOut };

// `text` is that of a value; `only_numbers`: the sysctl takes nothing but numbers.
[[nodiscard]] Between between_rules(std::string_view text, bool only_numbers);

}  // namespace sg::advice
