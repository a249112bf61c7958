// SPDX-License-Identifier: Apache-2.0
// reference_match.h - what a policy says about an access, by reading rules one after the other.
//
// The yardstick for the automaton: it knows no states, no tables and no symbols. A pattern is
// matched position by position, a value is taken apart as text, and numbers are compared as decimal
// strings. It is slow and meant to be obviously right.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "automaton/symbols.h"
#include "compile/decide.h"
#include "policy/policy.h"

namespace sg::test {

// The first rule that matches, and whether it allows.
[[nodiscard]] compile::Decision reference_decide(const policy::Policy& policy,
                                                 const compile::Access& access);

// Whether the limit permits the write.
[[nodiscard]] bool reference_permits(const policy::Limit& limit, const compile::Access& access);

// The verdict of a policy with its limit and its audit, where what is beyond the limit is cut.
[[nodiscard]] compile::Decision reference_decide_within(const policy::Policy& policy,
                                                        const compile::Access& access);

// The pieces of it. `name` is in slash form.
[[nodiscard]] bool reference_name_matches(const policy::Rule& rule, std::string_view name);
// `current` is what the sysctl holds, where that is known.
[[nodiscard]] bool reference_value_matches(const policy::Value& permitted, std::string_view value,
                                           std::optional<std::string_view> current = std::nullopt);

// The access as a word for Nfa::simulate and Dfa::run. The name must fit the guard's buffer.
[[nodiscard]] std::vector<automaton::Symbol> to_word(const compile::Access& access);

}  // namespace sg::test
