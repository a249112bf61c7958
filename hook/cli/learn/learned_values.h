// SPDX-License-Identifier: Apache-2.0
// learned_values.h - the values that were written to the sysctls of one pattern, into those that a
// rule permits.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/learn/learn.h"

namespace sg::cli {

// "=0|1" or, for any value, "". `pattern` is the name as it is written in the rule: which values
// may follow depends on it. What the rule permits beyond the writes is added to `notes`.
// `generalise`: many numbers become a range, many texts any value, and what a peer dictates the
// range that is sane (sysctl/kinds.h). Of a
// sysctl that gives the host away only what is safe is permitted (safe_values.h).
[[nodiscard]] std::string learn_values(const std::string& pattern,
                                       std::span<const SeenWrite* const> writes, bool generalise,
                                       std::vector<std::string>& notes);

}  // namespace sg::cli
