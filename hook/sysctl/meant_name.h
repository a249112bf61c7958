// SPDX-License-Identifier: Apache-2.0
// meant_name.h - which sysctls were meant by a pattern that matches none.
//
// By what was walked, and by the names of known.tsv, some of which belong to modules that no walk
// had loaded. For the commands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sg::sysctl {

// Whether a tested kernel has a sysctl that `pattern` (slash form) matches, or the table that is
// kept by hand names one.
[[nodiscard]] bool is_known_name(std::string_view pattern);

// Whether `pattern` matches a directory with sysctls, perhaps only because its last component can be
// the name of an interface, as any can.
enum class Directory { kNone, kOfAnything, kNamed };
[[nodiscard]] Directory known_directory(std::string_view pattern);

// Whether the walk saw sysctls right below that directory, so that one it did not see is none.
[[nodiscard]] bool was_walked(std::string_view directory);

// More than this many names that are equally near say nothing.
inline constexpr std::size_t kMeantMax = 3;

// The nearest patterns that is_known_name() holds for; most often one, none where nothing is near.
// The name of an interface stays as it is written. A sysctl of another directory is near only where
// its own name is the same to the letter.
[[nodiscard]] std::vector<std::string> meant_names(std::string_view pattern);

}  // namespace sg::sysctl
