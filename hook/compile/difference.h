// SPDX-License-Identifier: Apache-2.0
// difference.h - two tables into the accesses that change their verdict, a shortest example for
// each rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "compile/encode.h"
#include "compile/shortest_access.h"

namespace sg::compile {

// The most examples for each of gained and lost writes and reads: the first ones show what is
// meant.
inline constexpr std::size_t kExamplesMax = 10;

// One access, and what both tables say about it.
struct ChangedAccess {
  ShownAccess access;  // its rule is the one that lets it through
  Label before;
  Label after;
};

// Verdicts from the least to the most: deny, would-deny, allow. Gained is what goes up, lost what
// goes down: from audit to enforcement, whatever would be denied is lost.
struct Difference {
  // Writes, then reads; one for each rule of `after` that lets it through.
  std::vector<ChangedAccess> gained;
  std::vector<ChangedAccess> lost;  // the same for rules of `before`
  bool has_more_gained = false;     // than kExamplesMax of writes or of reads
  bool has_more_lost = false;

  [[nodiscard]] bool is_empty() const noexcept { return gained.empty() && lost.empty(); }
};

// Errors: those of decode_table, and kUnsupported where the two together need more than
// kProductBudget.
[[nodiscard]] Result<Difference> difference_of(std::span<const std::uint8_t> before,
                                               std::span<const std::uint8_t> after);

}  // namespace sg::compile
