// SPDX-License-Identifier: Apache-2.0
// json_list.h - strings of a JSON document, each with the way back from a decoded byte to the
// document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"

namespace sg::policy {

// One element of the array: the bytes [start, end) of the list.
struct JsonElement {
  std::size_t start = 0;
  std::size_t end = 0;
  bool is_string = false;
  std::string text;  // a string's decoded bytes; else empty
  // For each byte of `text`, and for its end, the offset in the list of what wrote it; only for
  // strings.
  std::vector<std::size_t> map;
};

// The string that `item` is, in the document `text` it was read from. `item` must be a string.
[[nodiscard]] JsonElement string_element(std::string_view text, JsonItem item);

// The elements of `list`, whose first byte that is not white space is '['; or why it is no
// document.
[[nodiscard]] std::variant<std::vector<JsonElement>, JsonProblem> split_json_list(
    std::string_view list);

}  // namespace sg::policy
