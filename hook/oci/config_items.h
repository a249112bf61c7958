// SPDX-License-Identifier: Apache-2.0
// config_items.h - what both readers of a config.json share: one value of it, checked and taken.
//
// A document is scanned once, whichever of them reads it.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "oci/bundle.h"

namespace sg::oci {

// The values at and below `wanted`. Errors: those of read_json, with a hint.
[[nodiscard]] Result<std::vector<JsonItem>> read_config_items(
    std::string_view text, std::span<const std::vector<std::string_view>> wanted);

// "config.json: <why>", kBadInput; and the same about one value: "config.json: 'linux.sysctl'
// <why>".
[[nodiscard]] Error bad_config(const std::string& why);
[[nodiscard]] Error bad_item(const JsonItem& item, const std::string& why);

// Whether the value is of the type, which messages call `name`, or null. Errors: kBadInput.
[[nodiscard]] Status require_type(const JsonItem& item, JsonType type, const char* name);

// A string without a zero byte, where runtimes in C end it. Errors: kBadInput.
[[nodiscard]] Status take_text(const JsonItem& item, std::string& to);

// The array at the first `depth` components of the path, or one of its elements, all of them such
// strings. Null stands for an absent array. Errors: kBadInput.
[[nodiscard]] Status take_strings(const JsonItem& item, std::size_t depth,
                                  std::vector<std::string>& to);

// Whether the key at `depth` of the item's path is none that a runtime in Go takes for one of
// `names`. Errors: kBadInput.
[[nodiscard]] Status check_spelling(const JsonItem& item, std::size_t depth,
                                    std::initializer_list<std::string_view> names);

// What a Config is made of: where its values stand, one of them taken, and what a single one cannot
// show. Errors: those of parse_config().
[[nodiscard]] std::vector<std::vector<std::string_view>> config_paths();
[[nodiscard]] Status take_config_item(const JsonItem& item, Config& config);
[[nodiscard]] Status check_config(const Config& config);

}  // namespace sg::oci
