// SPDX-License-Identifier: Apache-2.0
// config_items.cpp - the tests of single values, and their messages.
#include "oci/config_items.h"

#include <utility>

#include "base/text.h"

namespace sg::oci {
namespace {

constexpr const char* kWhat = "config.json";
constexpr const char* kHint = "correct the bundle's config.json or the engine that wrote it";

}  // namespace

Result<std::vector<JsonItem>> read_config_items(
    std::string_view text, std::span<const std::vector<std::string_view>> wanted) {
  Result<std::vector<JsonItem>> items = read_json(text, kWhat, wanted);
  if (!items) {
    Error error = std::move(items).error();
    error.hint = kHint;
    return error;
  }
  return items;
}

Error bad_config(const std::string& why) {
  return Error{Errc::kBadInput, std::string(kWhat) + ": " + why, kHint};
}

Error bad_item(const JsonItem& item, const std::string& why) {
  return bad_config("'" + escape(dotted(item.path), 160) + "' " + why);
}

Status require_type(const JsonItem& item, JsonType type, const char* name) {
  return item.type == type || item.type == JsonType::kNull
             ? Status(Ok{})
             : bad_item(item, std::string("is not ") + name);
}

Status take_text(const JsonItem& item, std::string& to) {
  if (item.type != JsonType::kString) {
    return bad_item(item, "is not a string");
  }
  if (item.text.find('\0') != std::string::npos) {
    return bad_item(item, "holds a zero byte");
  }
  to = item.text;
  return Ok{};
}

Status take_strings(const JsonItem& item, std::size_t depth, std::vector<std::string>& to) {
  if (item.path.size() <= depth) {
    const bool is_array = item.path.size() == depth && item.type == JsonType::kArray;
    return is_array || item.type == JsonType::kNull ? Status(Ok{})
                                                    : bad_item(item, "is not an array of strings");
  }
  if (item.path.size() != depth + 1) {
    return bad_item(item, "is not a string");
  }
  to.emplace_back();
  return take_text(item, to.back());
}

Status check_spelling(const JsonItem& item, std::size_t depth,
                      std::initializer_list<std::string_view> names) {
  const std::string_view name = folded_name(item.path[depth], names);
  return name.empty()
             ? Status(Ok{})
             : bad_item(item, "is what some programs take for '" + std::string(name) + "'");
}

}  // namespace sg::oci
