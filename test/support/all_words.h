// SPDX-License-Identifier: Apache-2.0
// all_words.h - every word up to a length over a small alphabet, for tests that leave nothing out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sg::test {

// Shortest first, the empty word included; within a length in the order of the alphabet.
[[nodiscard]] inline std::vector<std::string> all_words(std::string_view alphabet,
                                                        std::size_t max_length) {
  std::vector<std::string> words = {""};
  std::size_t first = 0;
  for (std::size_t length = 1; length <= max_length; ++length) {
    const std::size_t end = words.size();
    for (std::size_t i = first; i < end; ++i) {
      for (const char byte : alphabet) {
        words.push_back(words[i] + byte);
      }
    }
    first = end;
  }
  return words;
}

// The words over {a, b, /, *} that may stand as a pattern: not empty, without "**".
[[nodiscard]] inline std::vector<std::string> all_patterns(std::size_t max_length) {
  std::vector<std::string> patterns;
  for (std::string& word : all_words("ab/*", max_length)) {
    if (!word.empty() && word.find("**") == std::string::npos) {
      patterns.push_back(std::move(word));
    }
  }
  return patterns;
}

}  // namespace sg::test
