// SPDX-License-Identifier: Apache-2.0
// go_pattern.h - does a regular expression of an engine match: those that POSIX reads in the same way.
//
// Podman and CRI-O match hooks.d files by Go's regular expressions, found anywhere in a text.
#pragma once

#include <string>

namespace sg::app {

enum class PatternMatch {
  kYes,
  kNo,
  kUnknown,  // the pattern has something that means another thing to POSIX, or is none
};

// `text` is one line: the two differ in what a line break is.
[[nodiscard]] PatternMatch match_go_pattern(const std::string& pattern, const std::string& text);

}  // namespace sg::app
