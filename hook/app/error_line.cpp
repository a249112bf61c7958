// SPDX-License-Identifier: Apache-2.0
// error_line.cpp - message and hint on one printable line.
#include "app/error_line.h"

#include "base/text.h"

namespace sg::app {

std::string error_line(const Error& error) {
  std::string line = "sysctl-guard: " + error.message;
  if (!error.hint.empty()) {
    line += "; " + error.hint;
  }
  // What users wrote is escaped where it enters a message; this is for what libraries say.
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

}  // namespace sg::app
