// SPDX-License-Identifier: Apache-2.0
// json_list.cpp - strings of a JSON document, each with the way back to the document.
//
// The JSON library says what the strings are, base/json.h where they stand. Known to be valid, a
// string is scanned a second time: an escape of 2, 6 or 12 bytes stands for 1 to 4 bytes of UTF-8.
// Both readings must agree on the length of the string.
#include "policy/json_list.h"

#include <utility>

#include "base/check.h"

namespace sg::policy {

namespace {

unsigned hex_value(std::string_view digits) noexcept {
  unsigned value = 0;
  for (const char c : digits) {
    const bool decimal = c >= '0' && c <= '9';
    // In ASCII the low four bits of 'a' and 'A' are 1.
    value = value * 16 + (static_cast<unsigned>(c) & 0xf) + (decimal ? 0 : 9);
  }
  return value;
}

struct Escape {
  std::size_t raw;      // bytes in the list
  std::size_t decoded;  // bytes it stands for
};

// `text` begins with the backslash of a valid escape.
Escape measure_escape(std::string_view text) noexcept {
  if (text[1] != 'u') {
    return {2, 1};
  }
  const unsigned code = hex_value(text.substr(2, 4));
  if (code >= 0xd800 && code <= 0xdfff) {
    return {12, 4};  // a pair of surrogates; a lone one is not valid
  }
  return {6, code < 0x80 ? 1U : code < 0x800 ? 2U : 3U};
}

// `literal` is a valid string literal, with its quotes, which stands at `start`.
std::vector<std::size_t> map_string(std::string_view literal, std::size_t start) {
  std::vector<std::size_t> map;
  std::size_t i = 1;
  while (i + 1 < literal.size()) {
    const Escape step = literal[i] == '\\' ? measure_escape(literal.substr(i)) : Escape{1, 1};
    map.insert(map.end(), step.decoded, start + i);
    i += step.raw;
  }
  map.push_back(start + i);
  return map;
}

}  // namespace

JsonElement string_element(std::string_view text, JsonItem item) {
  SG_CHECK(item.type == JsonType::kString);
  JsonElement element{item.start, item.end, true, std::move(item.text), {}};
  element.map = map_string(text.substr(item.start, item.end - item.start), item.start);
  SG_CHECK(element.map.size() == element.text.size() + 1);
  return element;
}

std::variant<std::vector<JsonElement>, JsonProblem> split_json_list(std::string_view list) {
  const std::vector<std::vector<std::string_view>> everything(1);
  std::variant<std::vector<JsonItem>, JsonProblem> scanned = scan_json(list, everything);
  if (auto* problem = std::get_if<JsonProblem>(&scanned)) {
    return std::move(*problem);
  }
  std::vector<JsonElement> elements;
  for (JsonItem& item : std::get<std::vector<JsonItem>>(scanned)) {
    if (item.path.size() != 1) {
      continue;  // the array itself, or something inside an element
    }
    elements.push_back(item.type == JsonType::kString
                           ? string_element(list, std::move(item))
                           : JsonElement{item.start, item.end, false, "", {}});
  }
  return elements;
}

}  // namespace sg::policy
