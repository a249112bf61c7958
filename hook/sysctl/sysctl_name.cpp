// SPDX-License-Identifier: Apache-2.0
// sysctl_name.cpp - the two ways of writing a name, one into the other, and what a pattern matches.
#include "sysctl/sysctl_name.h"

#include <algorithm>
#include <array>

namespace sg::sysctl {

namespace {

constexpr std::string_view kProcSys = "/proc/sys/";
std::string_view without_proc_sys(std::string_view written) noexcept {
  if (written.starts_with(kProcSys)) {
    written.remove_prefix(kProcSys.size());
  }
  return written;
}

std::string with_separators_swapped(std::string_view name) {
  std::string swapped(name);
  for (char& c : swapped) {
    c = c == '.' ? '/' : c == '/' ? '.' : c;
  }
  return swapped;
}

}  // namespace

std::string to_slash_form(std::string_view written) {
  const std::string_view name = without_proc_sys(written);
  const std::size_t first = name.find_first_of("./");
  return first == std::string_view::npos || name[first] == '/' ? std::string(name)
                                                               : with_separators_swapped(name);
}

std::string to_dot_form(std::string_view slash_name) { return with_separators_swapped(slash_name); }

// The textbook matcher for wildcards, which goes back to the last '*' alone. That is enough: a '*'
// that is not the last byte of the pattern never matches a '/', so each '/' of the pattern has
// exactly one place in the name, and within a component the shortest match of an earlier '*' is
// always good.
bool pattern_matches(std::string_view pattern, std::string_view name) {
  // Most patterns that are asked for end in another letter.
  if (!pattern.empty() && pattern.back() != '*' && !name.ends_with(pattern.back())) {
    return false;
  }
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = kNone;  // index of the last '*' in the pattern
  std::size_t taken = 0;     // where in the name the match of that '*' ends
  while (true) {
    if (p < pattern.size() && pattern[p] == '*') {
      if (p + 1 == pattern.size()) {
        return true;
      }
      star = p;
      taken = n;
      p += 1;
    } else if (p < pattern.size() && n < name.size() && pattern[p] == name[n]) {
      p += 1;
      n += 1;
    } else if (p == pattern.size() && n == name.size()) {
      return true;
    } else if (star != kNone && taken < name.size() && name[taken] != '/') {
      taken += 1;
      n = taken;
      p = star + 1;
    } else {
      return false;
    }
  }
}

bool is_top_directory(std::string_view component) noexcept {
  constexpr std::array<std::string_view, 11> kTop = {
      "abi", "crypto", "debug", "dev", "fs", "kernel", "net", "sunrpc", "user", "vm", "xen",
  };
  return std::ranges::find(kTop, component) != kTop.end();
}

bool can_be(std::string_view pattern, std::string_view row) {
  while (true) {
    const std::size_t slash = pattern.find('/');
    const std::size_t row_slash = row.find('/');
    const std::string_view mine = pattern.substr(0, slash);
    const std::string_view its = row.substr(0, row_slash);
    const bool is_last = slash == std::string_view::npos;
    if (is_last && mine.ends_with('*')) {
      const std::string_view literal = mine.substr(0, mine.find('*'));
      return its == "*" || pattern_matches(mine, its) || its.starts_with(literal);
    }
    if (is_last != (row_slash == std::string_view::npos)) {
      return false;
    }
    if (its != "*" && !pattern_matches(mine, its) && !pattern_matches(its, mine)) {
      return false;
    }
    if (is_last) {
      return true;
    }
    pattern.remove_prefix(slash + 1);
    row.remove_prefix(row_slash + 1);
  }
}

}  // namespace sg::sysctl
