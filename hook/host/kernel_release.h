// SPDX-License-Identifier: Apache-2.0
// kernel_release.h - the version of the running kernel.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace sg::host {

struct KernelRelease {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;

  friend auto operator<=>(const KernelRelease&, const KernelRelease&) = default;
};

// "6.1.0-44-amd64", as uname(2) has it, into 6 and 1. Zeroes, which are older than every kernel,
// for any other text.
[[nodiscard]] KernelRelease parse_kernel_release(std::string_view text);

// Of the running kernel.
[[nodiscard]] KernelRelease kernel_release();

}  // namespace sg::host
