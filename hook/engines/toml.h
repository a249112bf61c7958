// SPDX-License-Identifier: Apache-2.0
// toml.h - a TOML file as a tree of plain values. The library behind it, toml++, stays in toml.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sg::engines {

struct TomlValue {
  enum class Kind {
    kTable,        // by a header, of itself or of a table in it: a later header can add to it
    kDottedTable,  // by a key with dots
    kInlineTable,  // by braces
    kArray,        // arrays of tables too
    kString,
    kInteger,
    kBool,
    kOther,  // a float, a date or a time
  };
  Kind kind = Kind::kTable;
  std::string text;                                        // of a string
  std::int64_t integer = 0;                                // of an integer; 1 for true
  std::vector<std::pair<std::string, TomlValue>> members;  // of a table; of an array, without names

  [[nodiscard]] bool is_table() const noexcept { return kind <= Kind::kInlineTable; }
  // The value of that path, one key for each step; nullptr if there is none.
  [[nodiscard]] const TomlValue* find(std::span<const std::string_view> path) const;
};

// The table of the whole file. Errors, kBadInput: `noun`, it "cannot be read as TOML"; the hint
// names the line.
[[nodiscard]] Result<TomlValue> parse_toml(std::string_view text, const std::string& noun);

}  // namespace sg::engines
