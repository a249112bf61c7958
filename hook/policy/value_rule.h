// SPDX-License-Identifier: Apache-2.0
// value_rule.h - the text after the '=' of a rule into the alternatives it permits.
//
//   values := value ( "|" value )*      value := current | token ( whitespace token )*
//   token  := INT | INT ".." INT | INT ".." | ".." INT | TEXT | "*"
//   current := "@current" | "@current" ".." INT | "@current" ".."
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "policy/policy.h"
#include "policy/rule_text.h"
#include "sysctl/catalogue.h"

namespace sg::policy {

// A decimal number with or without '-', in the form in which the kernel prints it; nothing
// otherwise, and nothing if it does not fit in 64 bits.
[[nodiscard]] std::optional<Integer> parse_integer(std::string_view token);

// Stands for the number that the sysctl holds when it is written.
inline constexpr std::string_view kCurrentWord = "@current";

// The same back.
[[nodiscard]] std::string to_text(const Integer& number);

// The tokens between blanks.
[[nodiscard]] std::vector<std::string_view> split_tokens(std::string_view text);

// The smallest and the largest number that a sysctl of this width holds.
struct Bounds {
  Integer low;
  Integer high;
};
[[nodiscard]] Bounds bounds_of(sysctl::Width width) noexcept;

// The alternatives in `written`, in their order; open ends of ranges are those of `width`, and
// hints are for a sysctl of `pattern` (slash form). Every
// mistake is a finding at its own offset; with a finding the result may be incomplete. An empty
// alternative is a finding (`""` is the empty text).
[[nodiscard]] std::vector<Value> parse_values(std::string_view written, const TextPlace& place,
                                              Diagnostics& findings,
                                              sysctl::Width width = sysctl::Width::kInt32,
                                              std::string_view pattern = {});

}  // namespace sg::policy
