// SPDX-License-Identifier: Apache-2.0
// compile_limit.h - the limit of the node into the set of writes it permits.
#pragma once

#include <optional>

#include "automaton/dfa.h"
#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::compile {

// The minimal automaton whose words, all of rule 1, are the writes that the limit permits: `allow`,
// where the name belongs to a private namespace, and `host`, both without `deny`. Nothing is
// returned, and a finding with the code kNodePolicy is added, where a budget of compile/limits.h
// does not suffice.
[[nodiscard]] std::optional<automaton::Dfa> compile_limit(const policy::Limit& limit,
                                                          Diagnostics& findings);

// Adds a warning for each rule of limit.allow that is without effect, whatever namespaces a
// container has: it covers sysctls of the host alone, which only limit.host can grant.
void warn_without_effect(const policy::Limit& limit, Diagnostics& findings);

}  // namespace sg::compile
