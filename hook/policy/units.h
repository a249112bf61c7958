// SPDX-License-Identifier: Apache-2.0
// units.h - sizes and times as people write them, and what a sysctl counts, as far as its name says.
//
// Patterns and names are in slash form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sg::policy {

// The last component.
[[nodiscard]] std::string_view leaf_of(std::string_view pattern);

// Bytes of "64k", "2GiB".
[[nodiscard]] std::optional<std::uint64_t> bytes_of(std::string_view text);

// Of "s", "minutes", "ms" and the like, in lower case.
[[nodiscard]] std::optional<std::uint64_t> nanoseconds_of(std::string_view unit);
inline constexpr std::uint64_t kSecond = 1'000'000'000;

// What a sysctl counts times in, where its name ends with a unit.
[[nodiscard]] std::optional<std::uint64_t> nanoseconds_in(std::string_view pattern);

// Whether it counts memory in pages, whose size is the machine's.
[[nodiscard]] bool counts_pages(std::string_view pattern);

// The number that stands for so many bytes in that sysctl, a page taken to have 4096.
[[nodiscard]] std::string in_its_unit(std::uint64_t bytes, std::string_view pattern);

// "1073741824..68719476736" of "1G..64G", "..65536" of "..64k", "30..60" of "30s..60s"; what has no unit
// stays, and so does each of the numbers that the sysctl holds. "" of what is no such range, where it is not known what the sysctl counts, and where it does not hold that.
[[nodiscard]] std::string range_without_units(std::string_view text, std::string_view pattern);

}  // namespace sg::policy
