// SPDX-License-Identifier: Apache-2.0
// safe_values.h - what is proposed for a sysctl with which whoever writes it takes the host.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sg::cli {

// Whether it is a word that needs no quotes anywhere in a rule.
[[nodiscard]] bool is_plain_word(std::string_view text);

// The values of a rule for `name` (slash form) in place of `values`, which were learned: "=0|1", or
// "" for any. `texts` are the values that were written. The same where nothing is known to be
// dangerous; else what is known to be safe, and what of the texts does no harm. What that leaves
// out is added to `notes`.
[[nodiscard]] std::string with_safe_values(std::string_view name, std::string values,
                                           const std::set<std::string>& texts,
                                           std::vector<std::string>& notes);

}  // namespace sg::cli
