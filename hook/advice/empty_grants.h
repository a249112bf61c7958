// SPDX-License-Identifier: Apache-2.0
// empty_grants.h - rules for sysctls that a namespace of its own has not, or only to read.
#pragma once

#include <span>

#include "base/diagnostic.h"
#include "policy/policy.h"
#include "sysctl/namespace_of.h"

namespace sg::advice {

// Adds a warning for each allow rule for one such sysctl; `own` are the namespaces that the
// container has to itself. Small enough for the hook; patterns: unlikely_names.h.
void warn_empty_grants(std::span<const policy::Rule> rules, const sysctl::NamespaceSet& own,
                       Diagnostics& findings);

}  // namespace sg::advice
