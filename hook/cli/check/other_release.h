// SPDX-License-Identifier: Apache-2.0
// other_release.h - rules for sysctls that the kernel of another node has not, or only to read.
//
// By the tested kernels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "advice/empty_grants.h"
#include "base/diagnostic.h"
#include "policy/policy.h"
#include "sysctl/namespace_of.h"

namespace sg::cli {

// The tested kernel by which another one is judged: of that release, or else the last one before it.
struct TestedKernel {
  std::size_t index = 0;  // sysctl/walked.h
  std::string words;      // "Linux 6.1, the last tested kernel before 6.6"
};
[[nodiscard]] TestedKernel tested_kernel(std::uint64_t major, std::uint64_t minor);

// What a container has to itself, `own`, as that kernel has it; the running one where there is none.
[[nodiscard]] advice::OwnNamespaces own_on(const sysctl::NamespaceSet& own,
                                           const std::optional<TestedKernel>& kernel);

// Adds a warning for each allow rule all of whose sysctls came later than the kernel, or were gone before it; and for each by which that kernel lets nobody
// write in the namespaces that a container has to itself, `own`, where another kernel does. What is
// so on every kernel: empty_grants.h and unlikely_names.h.
void warn_of_release(std::span<const policy::Rule> rules, const sysctl::NamespaceSet& own,
                     const TestedKernel& kernel, Diagnostics& findings);

}  // namespace sg::cli
