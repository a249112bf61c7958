// SPDX-License-Identifier: Apache-2.0
// go_pattern.cpp - regcomp(3), for patterns without what only one of the two knows.
#include "app/install/go_pattern.h"

#include <regex.h>

#include <cstddef>
#include <string_view>

namespace sg::app {
namespace {

// Groups with flags, classes by a letter, escapes in brackets, and GNU's own escapes.
bool means_the_same(std::string_view pattern) {
  bool in_brackets = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      const char next = ++i < pattern.size() ? pattern[i] : 'x';
      if (in_brackets || std::string_view(".+*?()|[]{}^$-/").find(next) == std::string_view::npos) {
        return false;
      }
    } else if (in_brackets) {
      in_brackets = c != ']';
      if (c == '[') {
        return false;  // [[:alpha:]]
      }
    } else if (c == '[') {
      // A bracket right behind the opening one, or behind its '^', is a character of the set.
      in_brackets = true;
      i += i + 1 < pattern.size() && pattern[i + 1] == '^' ? 1 : 0;
      i += i + 1 < pattern.size() && pattern[i + 1] == ']' ? 1 : 0;
    } else if (c == '(' && i + 1 < pattern.size() && pattern[i + 1] == '?') {
      return false;
    }
  }
  return pattern.find('\0') == std::string_view::npos;
}

}  // namespace

PatternMatch match_go_pattern(const std::string& pattern, const std::string& text) {
  regex_t compiled;
  if (!means_the_same(pattern) ||
      ::regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    return PatternMatch::kUnknown;
  }
  const int result = ::regexec(&compiled, text.c_str(), 0, nullptr, 0);
  ::regfree(&compiled);
  return result == 0 ? PatternMatch::kYes : PatternMatch::kNo;
}

}  // namespace sg::app
