// SPDX-License-Identifier: Apache-2.0
// json_list.h - the JSON form of a rule list into its elements, each with the way back to the list.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

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

// The elements of `list`, whose first byte that is not white space is '['. What is not a JSON
// document is an error without an offset in its message; `error_offset` is set to it then, and only
// then.
[[nodiscard]] Result<std::vector<JsonElement>> split_json_list(std::string_view list,
                                                               std::size_t& error_offset);

}  // namespace sg::policy
