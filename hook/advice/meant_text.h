// SPDX-License-Identifier: Apache-2.0
// meant_text.h - what is in the text of a value, read without regard to its sysctl.
//
// For the commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sg::advice {

// The numbers in a text that has nothing but brackets and separators beside them.
[[nodiscard]] std::vector<std::string> numbers_in(std::string_view text);

// "0..2" of "0-2"; any other text as it is.
[[nodiscard]] std::string with_dots(std::string_view text);

// "0|1" of what stands between brackets: "01", "0,1", "0-2".
[[nodiscard]] std::string of_brackets(std::string_view inside);

// "\n", "\t" and the like as people write them where nothing reads them, made blanks; a quote with
// a backslash in front, and one at the end of a line, left out.
[[nodiscard]] std::string without_escapes(std::string_view text);

// What a template or a page has in the place of a value.
[[nodiscard]] bool is_placeholder(std::string_view text);

}  // namespace sg::advice
