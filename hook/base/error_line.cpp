// SPDX-License-Identifier: Apache-2.0
// error_line.cpp - message and hint on one printable line.
//
// What users wrote is escaped where it enters a message; what is replaced here is what libraries
// say.
#include "base/error_line.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace sg {
namespace {

// Podman takes these for errors of its own and shows a message of its own instead of the line.
struct Phrase {
  std::string_view found;  // in lower case
  std::string_view put;
};
constexpr std::array<Phrase, 4> kPhrases = {{
    {"operation not permitted", "EPERM"},
    {"permission denied", "EACCES"},
    {"no such file or directory", "ENOENT"},
    {"executable file not found", "ENOENT"},
}};

void replace_phrases(std::string& line) {
  for (const Phrase& phrase : kPhrases) {
    auto from = line.begin();
    while (true) {
      const auto found = std::search(from, line.end(), phrase.found.begin(), phrase.found.end(),
                                     [](char c, char wanted) { return to_lower(c) == wanted; });
      if (found == line.end()) {
        break;
      }
      const auto at = static_cast<std::size_t>(found - line.begin());
      line.replace(at, phrase.found.size(), phrase.put);
      from = line.begin() + static_cast<std::ptrdiff_t>(at + phrase.put.size());
    }
  }
}

}  // namespace

std::string error_line(const Error& error) {
  std::string line = "sysctl-guard: " + error.message;
  if (!error.hint.empty()) {
    line += "; " + error.hint;
  }
  replace_phrases(line);
  for (char& c : line) {
    if (!is_printable(c)) {
      c = '?';
    }
  }
  if (line.size() > kLineMax) {
    line.resize(kLineMax - 3);
    line += "...";
  }
  return line;
}

}  // namespace sg
