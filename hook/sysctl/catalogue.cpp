// SPDX-License-Identifier: Apache-2.0
// catalogue.cpp - look-ups in the tables that the build makes of data/sysctls.
#include "sysctl/catalogue.h"

#include <algorithm>

#include "sysctl/known_table.h"
#include "sysctl/sysctl_name.h"

namespace sg::sysctl {

std::span<const WideName> wide_names() noexcept { return kWide; }

Width width_of(std::string_view pattern) noexcept {
  const auto found = std::ranges::find(kWide, pattern, &WideName::name);
  return found == std::ranges::end(kWide) ? Width::kInt32 : found->width;
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

}  // namespace sg::sysctl
