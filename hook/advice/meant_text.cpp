// SPDX-License-Identifier: Apache-2.0
// meant_text.cpp - numbers, brackets, escapes and placeholders of other languages.
#include "advice/meant_text.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "policy/rule_text.h"

namespace sg::advice {
namespace {

using policy::trim_blanks;

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kDigits = "0123456789";

}  // namespace

std::vector<std::string> numbers_in(std::string_view text) {
  std::vector<std::string> out;
  if (text.find_first_not_of("0123456789 \t,-:/;|()[]{}") != kNone) {
    return out;
  }
  for (std::size_t start = text.find_first_of(kDigits); start != kNone;) {
    const std::size_t end = std::min(text.find_first_not_of(kDigits, start), text.size());
    out.emplace_back(text.substr(start, end - start));
    start = text.find_first_of(kDigits, end);
  }
  return out;
}

std::string with_dots(std::string_view text) {
  const std::size_t dash = text.find('-');
  return dash != kNone && is_digits(text.substr(0, dash)) && is_digits(text.substr(dash + 1))
             ? std::string(text.substr(0, dash)) + ".." + std::string(text.substr(dash + 1))
             : std::string(text);
}

std::string of_brackets(std::string_view inside) {
  if (const std::string range = with_dots(inside); range != inside) {
    return range;
  }
  if (!is_digits(inside)) {
    return join(numbers_in(inside), "|");
  }
  std::vector<std::string> digits;
  std::ranges::transform(inside, std::back_inserter(digits),
                         [](char digit) { return std::string(1, digit); });
  return join(digits, "|");
}

std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    i += 1;
    out += i < text.size() && std::string_view("ntrv ").find(text[i]) != kNone ? " " : "";
  }
  return std::string(trim_blanks(out));
}

bool is_placeholder(std::string_view text) {
  const bool is_enclosed = (text.starts_with("{{") && text.ends_with("}}")) ||
                           (text.starts_with('<') && text.ends_with('>'));
  return is_enclosed || text.starts_with('$') || text == "%s" || text == "%d" || text == "VALUE";
}

}  // namespace sg::advice
