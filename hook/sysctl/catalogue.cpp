// SPDX-License-Identifier: Apache-2.0
// catalogue.cpp - look-ups in the tables that the build makes of data/sysctls.
#include "sysctl/catalogue.h"

#include <algorithm>
#include <string>

#include "sysctl/known_table.h"
#include "sysctl/sysctl_name.h"

namespace sg::sysctl {

std::span<const NumbersOf> wide_names() noexcept { return kWide; }

std::span<const NumbersOf> narrow_names() noexcept { return kNarrow; }

// A pattern is one of those that a row covers where the row matches it as if it were a name.
Width width_of(std::string_view pattern) noexcept {
  for (const std::span<const NumbersOf> rows : {wide_names(), narrow_names()}) {
    const auto found = std::ranges::find_if(
        rows, [pattern](const NumbersOf& row) { return pattern_matches(row.name, pattern); });
    if (found != rows.end()) {
      return found->width;
    }
  }
  return Width::kInt32;
}

bool is_known_number(std::string_view pattern) noexcept {
  for (std::string_view rest = kOneNumber; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (pattern_matches(rest.substr(0, end), pattern)) {
      return true;
    }
    rest.remove_prefix(end + 1);
  }
  return false;
}

bool is_directory_of_numbers(std::string_view name) {
  const std::string below = std::string(name) + "/";
  return kOneNumber.starts_with(below) || kOneNumber.find("\n" + below) != std::string_view::npos;
}

std::span<const std::string_view> mask_names() noexcept { return kMasks; }

std::optional<std::string_view> holds_no_one_number(std::string_view pattern) {
  if (pattern.find('*') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto* const found = std::ranges::find_if(
      kNotOneNumber, [pattern](const auto& row) { return pattern_matches(row.name, pattern); });
  return found == std::ranges::end(kNotOneNumber) ? std::nullopt : std::optional(found->what);
}

std::span<const NotOwn> names_not_own() noexcept { return kNotOwn; }

const NotOwn* find_not_own(std::string_view pattern) noexcept {
  const auto found = std::ranges::find_if(
      kNotOwn, [pattern](const NotOwn& row) { return pattern_matches(row.name, pattern); });
  return found == std::ranges::end(kNotOwn) ? nullptr : &*found;
}

}  // namespace sg::sysctl
