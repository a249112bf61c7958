// SPDX-License-Identifier: Apache-2.0
// json_list.cpp - the JSON form of a rule list into its elements, each with the way back to the
// list.
//
// The JSON library says what the strings are, but not where they stand. So the document is read by
// the library first, and then, known to be valid, scanned a second time for the places: a string
// starts and ends at a quote, and an escape of 2, 6 or 12 bytes stands for 1 to 4 bytes of UTF-8.
// Both readings must agree on the number of elements and the length of each string.
#include "policy/json_list.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"

namespace sg::policy {

namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The index after the value that starts at `start`; inside an array of the valid document `text`.
std::size_t end_of_value(std::string_view text, std::size_t start) noexcept {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = start; i < text.size(); i++) {
    const char c = text[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (depth == 0 && i > start && (c == ',' || c == ']' || is_space(c))) {
      return i;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      depth += 1;
    } else if (c == ']' || c == '}') {
      depth -= 1;
    }
  }
  return text.size();
}

// The places of the array's elements.
std::vector<JsonElement> find_elements(std::string_view list) {
  std::vector<JsonElement> elements;
  std::size_t i = list.find('[') + 1;
  while (true) {
    while (is_space(list[i]) || list[i] == ',') {
      i += 1;
    }
    if (list[i] == ']') {
      return elements;
    }
    JsonElement element;
    element.start = i;
    element.end = end_of_value(list, i);
    i = element.end;
    elements.push_back(std::move(element));
  }
}

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

// Takes the offset that read_json puts at the end of its messages out of `message`.
std::size_t take_offset(std::string& message, std::size_t size) {
  constexpr std::string_view kMark = ", at byte ";
  const std::size_t mark = message.rfind(kMark);
  if (mark == std::string::npos) {
    return 0;
  }
  const auto offset = parse_decimal(std::string_view(message).substr(mark + kMark.size()));
  if (!offset) {
    return 0;
  }
  message.resize(mark);
  return static_cast<std::size_t>(std::min<std::uint64_t>(*offset, size));
}

}  // namespace

Result<std::vector<JsonElement>> split_json_list(std::string_view list, std::size_t& error_offset) {
  const std::vector<std::vector<std::string_view>> everything(1);
  Result<std::vector<JsonItem>> items = read_json(list, "the JSON form of the list", everything);
  if (!items) {
    Error error = std::move(items).error();
    error_offset = take_offset(error.message, list.size());
    return error;
  }
  std::vector<JsonElement> elements = find_elements(list);
  std::size_t count = 0;
  for (JsonItem& item : *items) {
    if (item.path.size() != 1) {
      continue;  // the array itself, or something inside an element
    }
    SG_CHECK(count < elements.size());
    JsonElement& element = elements[count++];
    element.is_string = item.type == JsonType::kString;
    if (element.is_string) {
      element.text = std::move(item.text);
      element.map = map_string(list.substr(element.start, element.end - element.start),
                               element.start);
      SG_CHECK(element.map.size() == element.text.size() + 1);
    }
  }
  SG_CHECK(count == elements.size());
  return elements;
}

}  // namespace sg::policy
