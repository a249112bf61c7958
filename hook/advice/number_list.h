// SPDX-License-Identifier: Apache-2.0
// number_list.h - lists of numbers and ranges, 80,1024-1030, which some sysctls hold: what is wrong with
// one, and which is meant.
//
// Patterns are in slash form. For the commands.
#pragma once

#include <string>
#include <string_view>

namespace sg::advice {

// What is wrong with a text where the kernel reads a list, or "".
[[nodiscard]] std::string wrong_list(std::string_view pattern, std::string_view text);

// The list that is meant by a text with other signs in it, or by the values of a rule, in such quotes:
// "80,1024-1030" of "80 1024..1030". Two numbers with nothing but a blank between them may be the ends of
// a range as well: "1024-15999 for a range, or 1024,15999 for the two alone". "" where it is not known.
[[nodiscard]] std::string meant_list(std::string_view pattern, std::string_view text,
                                     std::string_view quotes);

}  // namespace sg::advice
