// SPDX-License-Identifier: Apache-2.0
// empty_grants.h - rules for sysctls that a namespace of its own has not, or only to read.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "policy/policy.h"
#include "sysctl/namespace_of.h"

namespace sg::advice {

// What a container has to itself, and on which kernel.
struct OwnNamespaces {
  sysctl::NamespaceSet set;
  // Read-only there on other kernels, and absent on the one that is asked for.
  std::vector<std::string_view> absent = {};
};

// "net.core.rmem_max is read-only in a net namespace of its own, which the container has"; empty
// where the namespace is not its own, or the pattern (slash form) covers what can be written there.
[[nodiscard]] std::string not_own_clause(std::string_view pattern, const OwnNamespaces& own);

// Adds a warning for each allow rule for one such sysctl. Small enough for the hook; patterns:
// unlikely_names.h.
void warn_empty_grants(std::span<const policy::Rule> rules, const OwnNamespaces& own,
                       Diagnostics& findings);

}  // namespace sg::advice
