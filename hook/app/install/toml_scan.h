// SPDX-License-Identifier: Apache-2.0
// toml_scan.h - the settings of a TOML file as a flat list: enough to see what an engine is told.
//
// Reads only. Inline tables are values here, and stay as they are written: find_above() tells where a setting may
// stand in one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sg::app {

// One `key = value`. Names are the keys of a path with dots between them, without quotes: a setting "c" in
// [plugins."a.b"] has the path "plugins.a.b.c", and so has `"a.b".c` in [plugins].
struct TomlSetting {
  std::string table;  // of the header above it; "" above the first
  std::string path;   // table and key
  std::string value;  // as written, without blanks and comments around it
  std::vector<std::string> strings;  // the strings in it, in order, with their escapes as written
};

struct TomlScan {
  std::vector<std::string> tables;  // headers, in order
  std::vector<TomlSetting> settings;
};

// Nothing where the text ends within a value or a line is neither header nor setting.
[[nodiscard]] std::optional<TomlScan> scan_toml(std::string_view text);

// The last setting of that table and key, in whatever form; nullptr where there is none.
[[nodiscard]] const TomlSetting* find_setting(const TomlScan& scan, std::string_view table,
                                              std::string_view key);

// A setting whose value, an inline table, would hold `path`; nullptr where there is none.
[[nodiscard]] const TomlSetting* find_above(const TomlScan& scan, std::string_view path);

// Is `path` the table `above`, or in it?
[[nodiscard]] bool is_at_or_below(std::string_view path, std::string_view above) noexcept;

}  // namespace sg::app
