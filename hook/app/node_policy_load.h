// SPDX-License-Identifier: Apache-2.0
// node_policy_load.h - the node policy that holds for a container, as the hook reads it.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "base/result.h"
#include "policy/node_policy.h"

namespace sg::app {

// The node policy in `file`, or the installed one where `file` is empty; its defaults where none is installed.
// Errors: those of read_node_policy(), and what error_of() makes of a mistake in it.
[[nodiscard]] Result<policy::NodePolicy> load_node_policy(
    const std::string& file, const policy::NamespaceSet& private_namespaces);

// The first finding that is an error, as the error of the run; there must be one.
[[nodiscard]] Error error_of(const Diagnostics& findings);

}  // namespace sg::app
