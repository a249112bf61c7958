// SPDX-License-Identifier: Apache-2.0
// access_name.h - names of accesses under which no write reaches a sysctl of that name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sg::cli {

// Why no sysctl has this name (slash form), and what to write: "has an empty component", "has the
// component \"..\"", which the kernel resolves to another name before the guard sees it; "has a
// wildcard", unless `is_glob`.
struct NoName {
  std::string message;
  std::string hint;
};
[[nodiscard]] std::optional<NoName> no_access_name(std::string_view slash_name, bool is_glob);

}  // namespace sg::cli
