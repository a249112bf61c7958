// SPDX-License-Identifier: Apache-2.0
// walked.cpp - look-ups in the table that the build makes of data/sysctls/walked.tsv.
#include "sysctl/walked.h"

#include <algorithm>

#include "sysctl/sysctl_name.h"
#include "sysctl/walked_table.h"

namespace sg::sysctl {

std::span<const Walked> walked() noexcept { return kWalked; }

std::span<const std::string_view> walked_kernels() noexcept { return kWalkedKernels; }

std::size_t kernel_index(std::string_view release) noexcept {
  const auto found = std::ranges::find(kWalkedKernels, release);
  return found == std::ranges::end(kWalkedKernels)
             ? kNoKernel
             : static_cast<std::size_t>(found - std::ranges::begin(kWalkedKernels));
}

const Walked* find_walked(std::string_view name) noexcept {
  const auto found = std::ranges::find(kWalked, name, &Walked::name);
  return found == std::ranges::end(kWalked) ? nullptr : &*found;
}

bool can_be(std::string_view pattern, std::string_view row) {
  while (true) {
    const std::size_t slash = pattern.find('/');
    const std::size_t row_slash = row.find('/');
    const std::string_view mine = pattern.substr(0, slash);
    const std::string_view its = row.substr(0, row_slash);
    const bool is_last = slash == std::string_view::npos;
    if (is_last && mine.ends_with('*')) {
      const std::string_view literal = mine.substr(0, mine.find('*'));
      return its == "*" || pattern_matches(mine, its) || its.starts_with(literal);
    }
    if (is_last != (row_slash == std::string_view::npos)) {
      return false;
    }
    if (its != "*" && !pattern_matches(mine, its) && !pattern_matches(its, mine)) {
      return false;
    }
    if (is_last) {
      return true;
    }
    pattern.remove_prefix(slash + 1);
    row.remove_prefix(row_slash + 1);
  }
}

}  // namespace sg::sysctl
