// SPDX-License-Identifier: Apache-2.0
// unlikely_names.h - names in rules that no kernel has, and what was meant.
//
// Warnings alone: another kernel, or a module, may have the sysctl. For the commands.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "advice/proposed_names.h"
#include "base/diagnostic.h"
#include "policy/policy.h"
#include "sysctl/namespace_of.h"

namespace sg::advice {

// The names of sysctls (slash form) that the running kernel has; empty where nobody asked it.
using NamesHere = std::set<std::string, std::less<>>;

// Adds a warning for each rule whose pattern matches no sysctl of any tested kernel, nor one of
// `here`: a name that is misspelt, a directory, a placeholder, an interface with a dot in it, "-"
// in front as in sysctl.d. Of a name alone below a directory that no kernel showed, nothing is
// said. A rule that a hint proposes has no such finding itself.
void warn_unlikely_names(std::span<const policy::Rule> rules, const NamesHere& here,
                         Diagnostics& findings);

// The same of one access to a name in slash form; `value` is what it writes, "" for a read.
[[nodiscard]] std::optional<Advice> unlikely_access(const std::string& name, std::string_view value,
                                                    const NamesHere& here);

// Adds a warning for each allow rule with a "*" all of whose sysctls are read-only or absent in the
// namespaces that a container has to itself, and for each rule for sysctls that nobody can write.
// Names without "*": empty_grants.h.
void warn_empty_patterns(std::span<const policy::Rule> rules, const sysctl::NamespaceSet& own,
                         Diagnostics& findings);

}  // namespace sg::advice
