// SPDX-License-Identifier: Apache-2.0
// json_text.cpp - lists on one line, and null for nothing.
#include "app/json_text.h"

#include <vector>

#include "base/json.h"

namespace sg::app {

std::string json_list(std::span<const std::string> pieces) {
  std::string out;
  for (const std::string& piece : pieces) {
    out += (out.empty() ? "" : ", ") + piece;
  }
  return "[" + out + "]";
}

std::string json_strings(std::span<const std::string> texts) {
  std::vector<std::string> pieces;
  for (const std::string& text : texts) {
    pieces.push_back(json_quote(text));
  }
  return json_list(pieces);
}

std::string text_or_null(const std::string& text) {
  return text.empty() ? "null" : json_quote(text);
}

}  // namespace sg::app
