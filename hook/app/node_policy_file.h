// SPDX-License-Identifier: Apache-2.0
// node_policy_file.h - the node policy that this version cannot apply.
#pragma once

#include "base/result.h"

namespace sg::app {

// The file of the node policy.
inline constexpr const char* kNodePolicyFile = "/etc/sysctl-guard/policy.json";

// Where the file stands, the hook refuses every container and `check` every policy, since neither would
// do what it says. Errors: kNodePolicy; anything but a clear "not there" counts as there.
[[nodiscard]] Status require_no_node_policy(const char* file = kNodePolicyFile);

}  // namespace sg::app
