// SPDX-License-Identifier: Apache-2.0
// walked.cpp - look-ups in the table that the build makes of data/sysctls/walked.tsv.
#include "sysctl/walked.h"

#include <algorithm>

#include "base/text.h"
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

std::size_t nearest_kernel(std::uint64_t major, std::uint64_t minor) noexcept {
  std::size_t nearest = 0;
  for (std::size_t i = 0; i < walked_kernels().size(); ++i) {
    const std::string_view release = walked_kernels()[i];
    const std::size_t dot = release.find('.');
    const std::uint64_t its_major = parse_decimal(release.substr(0, dot)).value_or(0);
    const std::uint64_t its_minor = parse_decimal(release.substr(dot + 1)).value_or(0);
    if (its_major < major || (its_major == major && its_minor <= minor)) {
      nearest = i;
    }
  }
  return nearest;
}

const Walked* find_walked(std::string_view name) noexcept {
  const auto found = std::ranges::find(kWalked, name, &Walked::name);
  return found == std::ranges::end(kWalked) ? nullptr : &*found;
}

}  // namespace sg::sysctl
