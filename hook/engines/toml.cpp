// SPDX-License-Identifier: Apache-2.0
// toml.cpp - the one file that knows toml++; its positions tell by which form a table was made.
#include "engines/toml.h"

#include <algorithm>

// Errors are values, the library's code is in this object alone, and there is nothing to link.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/text.h"

namespace sg::engines {
namespace {

using Kind = TomlValue::Kind;
using Lines = std::vector<std::string_view>;

// A header's position is that of its bracket; a table made by a dotted key has the position of the
// key. Only blanks stand before a header, so that its column counts bytes.
Kind kind_of(const toml::table& table, const Lines& lines) {
  if (table.is_inline()) {
    return Kind::kInlineTable;
  }
  const toml::source_position at = table.source().begin;
  const bool is_known = at.line > 0 && at.line <= lines.size() && at.column > 0;
  const std::string_view line = is_known ? lines[at.line - 1] : std::string_view();
  return line.substr(std::min<std::size_t>(line.size(), at.column - 1)).starts_with('[')
             ? Kind::kTable
             : Kind::kDottedTable;
}

// The parser limits how deep values are nested. Headers and dotted keys it does not: they are as
// deep as root, who alone writes these files, makes them.
TomlValue value_of(const toml::node& node, const Lines& lines) {
  TomlValue value;
  if (const toml::table* table = node.as_table()) {
    value.kind = kind_of(*table, lines);
    for (const auto& [key, member] : *table) {
      value.members.emplace_back(key.str(), value_of(member, lines));
    }
  } else if (const toml::array* array = node.as_array()) {
    value.kind = Kind::kArray;
    for (const toml::node& member : *array) {
      value.members.emplace_back("", value_of(member, lines));
    }
  } else if (const toml::value<std::string>* text = node.as_string()) {
    value.kind = Kind::kString;
    value.text = text->get();
  } else if (const toml::value<std::int64_t>* integer = node.as_integer()) {
    value.kind = Kind::kInteger;
    value.integer = integer->get();
  } else if (const toml::value<bool>* boolean = node.as_boolean()) {
    value.kind = Kind::kBool;
    value.integer = boolean->get() ? 1 : 0;
  } else {
    value.kind = Kind::kOther;
  }
  return value;
}

}  // namespace

const TomlValue* TomlValue::find(std::span<const std::string_view> path) const {
  const TomlValue* at = this;
  for (const std::string_view key : path) {
    const auto found = std::ranges::find(at->members, key, &decltype(members)::value_type::first);
    if (!at->is_table() || found == at->members.end()) {
      return nullptr;
    }
    at = &found->second;
  }
  return at;
}

Result<TomlValue> parse_toml(std::string_view text, const std::string& noun) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return Error{Errc::kBadInput, noun + ": cannot be read as TOML",
                 "correct line " + std::to_string(parsed.error().source().begin.line) +
                     " of the file: " + escape(parsed.error().description())};
  }
  TomlValue root = value_of(parsed.table(), split(text, '\n'));
  root.kind = Kind::kTable;
  return root;
}

}  // namespace sg::engines
