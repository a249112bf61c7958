// SPDX-License-Identifier: Apache-2.0
// node_policy_file.h - the file of the node policy, read with the care that what it grants asks
// for.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "host/trusted_file.h"

namespace sg::request {

// Where the node policy stands unless another file is named.
inline constexpr const char* kNodePolicyFile = "/etc/sysctl-guard/policy.json";

// The text of the file. Nothing where there is none, which only a file that was not asked for by
// name may be: `is_named` makes that an error. Errors, kNodePolicy: it cannot be read, is no
// regular file, is larger than policy::kNodePolicyMax, or others than root can write it.
[[nodiscard]] Result<std::optional<std::string>> read_node_policy(const std::string& file,
                                                                  bool is_named,
                                                                  host::Writers writers);

}  // namespace sg::request
