// SPDX-License-Identifier: Apache-2.0
// toml_scan.h - the settings of a TOML file as a flat list: enough to see what an engine is told.
//
// Reads only; nothing is decided by a value that is not understood. Inline tables and dotted keys keep
// the form in which they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sg::app {

// One `key = value`. Quotes and blanks are dropped from table and key: [plugins."a.b".c] is "plugins.a.b.c".
struct TomlSetting {
  std::string table;  // "" above the first header
  std::string key;
  std::string value;                 // as written, without blanks and comments around it
  std::vector<std::string> strings;  // the strings in it, in order
};

struct TomlScan {
  std::vector<std::string> tables;  // headers, in order
  std::vector<TomlSetting> settings;
};

// Nothing where the text ends within a value or a line is neither header nor setting.
[[nodiscard]] std::optional<TomlScan> scan_toml(std::string_view text);

// The last setting of that table and key; nullptr where there is none.
[[nodiscard]] const TomlSetting* find_setting(const TomlScan& scan, std::string_view table,
                                              std::string_view key);

}  // namespace sg::app
