// SPDX-License-Identifier: Apache-2.0
// walked.h - every sysctl that the tested kernels have (data/sysctls/walked.tsv). For the commands:
// the hook links none of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sg::sysctl {

// A letter for each kernel of walked_kernels(): w writable, r read-only, a absent, - not of it.
struct Walked {
  std::string_view name;     // slash form; "*" for the name of an interface and the like
  std::string_view initial;  // in the first namespaces
  std::string_view fresh;    // in namespaces of its own
  std::string_view form;     // how many integers its value is, "text", or "-": not known
};

// In the order of names.
[[nodiscard]] std::span<const Walked> walked() noexcept;

// "5.10" and so on, the oldest first.
[[nodiscard]] std::span<const std::string_view> walked_kernels() noexcept;

inline constexpr std::size_t kNoKernel = static_cast<std::size_t>(-1);
[[nodiscard]] std::size_t kernel_index(std::string_view release) noexcept;

// The newest tested kernel that is no newer than this release, else the oldest one.
[[nodiscard]] std::size_t nearest_kernel(std::uint64_t major, std::uint64_t minor) noexcept;

// The row with exactly this name.
[[nodiscard]] const Walked* find_walked(std::string_view name) noexcept;

}  // namespace sg::sysctl
