// SPDX-License-Identifier: Apache-2.0
// json_text.h - pieces of the JSON documents that commands print.
#pragma once

#include <span>
#include <string>

namespace sg::app {

// "[a, b]" of pieces that are JSON already.
[[nodiscard]] std::string json_list(std::span<const std::string> pieces);

// The same of texts, which become strings.
[[nodiscard]] std::string json_strings(std::span<const std::string> texts);

// A string; null for an empty text.
[[nodiscard]] std::string text_or_null(const std::string& text);

}  // namespace sg::app
