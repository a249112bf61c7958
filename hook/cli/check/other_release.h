// SPDX-License-Identifier: Apache-2.0
// other_release.h - rules for sysctls that the kernel of another node has not, or only to read.
//
// By the tested kernels.
#pragma once

#include <cstddef>
#include <span>

#include "base/diagnostic.h"
#include "policy/policy.h"
#include "sysctl/namespace_of.h"

namespace sg::cli {

// Adds a warning for each allow rule all of whose sysctls came later than the kernel with that
// index (sysctl/walked.h), or were gone before it; and for each by which that kernel lets nobody
// write in the namespaces that a container has to itself, `own`, where another kernel does. What is
// so on every kernel: empty_grants.h and unlikely_names.h.
void warn_of_release(std::span<const policy::Rule> rules, const sysctl::NamespaceSet& own,
                     std::size_t kernel, Diagnostics& findings);

}  // namespace sg::cli
