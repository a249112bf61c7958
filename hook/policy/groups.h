// SPDX-License-Identifier: Apache-2.0
// groups.h - the built-in groups: which sysctls belong to which namespace, and the kubelet's safe
// list.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "policy/policy.h"

namespace sg::policy {

// The names of the built-in groups, with their '@', sorted.
[[nodiscard]] std::span<const std::string_view> group_names() noexcept;

// The patterns of a built-in group (slash form), given with its '@'; nothing where there is none of
// that name. @namespaced is the union of the namespaces in `private_namespaces`, and may be empty.
[[nodiscard]] std::optional<std::vector<std::string_view>> group_patterns(
    std::string_view name, const NamespaceSet& private_namespaces);

}  // namespace sg::policy
