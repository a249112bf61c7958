// SPDX-License-Identifier: Apache-2.0
// kinds.h - what a sysctl's value is made of, and which values are sensible. For the commands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sg::sysctl {

// A row of data/sysctls/known.tsv.
struct Known {
  std::string_view name;   // a pattern, slash form
  std::string_view kind;   // as in that file
  std::string_view count;  // how many numbers, or "-"
};

// The numbers that some tested kernel takes, where they are fewer than the kind holds.
struct Taken {
  std::string_view pattern;
  std::int64_t low = 0;
  std::uint64_t high = 0;
};

struct Sane {
  std::string_view pattern;
  std::string_view values;  // a rule's
  std::string_view reason;
};

enum class Kind {
  kUnknown,
  kNumbers,
  kText,
  kList,  // of numbers and ranges: "1-3,7"
  kMask,
  kTrigger,  // any write does the same
};

struct KindOf {
  Kind kind = Kind::kUnknown;
  std::size_t count = 0;  // of numbers; 0: not known
};

// All of them.
[[nodiscard]] std::span<const Known> known() noexcept;

// What is known of the values of `pattern`: by hand, else what all kernels showed of every name
// that it covers.
[[nodiscard]] KindOf kind_of(std::string_view pattern);

// What all the names that `pattern` covers take by one row, or nothing.
[[nodiscard]] std::optional<Taken> taken_numbers(std::string_view pattern);

// The row for `name`, or nothing.
[[nodiscard]] std::optional<Sane> sane_values(std::string_view name);

}  // namespace sg::sysctl
