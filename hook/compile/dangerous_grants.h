// SPDX-License-Identifier: Apache-2.0
// dangerous_grants.h - what of the host the node's limit permits, against the table of what is
// dangerous.
#pragma once

#include <cstddef>
#include <vector>

#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::compile {

// Of what weakens the host, and of what can bring it down, up to this many have a warning each;
// more are named in one. What gives the host away always has one each.
inline constexpr std::size_t kDangersShown = 3;

enum class Dangers {
  kGrouped,  // for the hook's log and doctor
  kEach,     // a warning for each, however many
};

// Adds a warning, with a write that shows it and the reason, for each sysctl of sysctl/dangers.h
// that `limit.host` without `limit.deny` permits with a value that does harm. Decided on automata,
// values included. Where no name of `limit.host` can be one of the table, nothing is compiled: the
// hook asks for each container.
void warn_dangerous_grants(const policy::Limit& limit, Dangers dangers, Diagnostics& findings);

// The same, grouped, of a `limit.host` that has this rule alone.
[[nodiscard]] std::vector<Finding> dangers_of(const policy::Rule& rule);

}  // namespace sg::compile
