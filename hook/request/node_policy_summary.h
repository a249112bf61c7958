// SPDX-License-Identifier: Apache-2.0
// node_policy_summary.h - what `install` and `doctor` need to know of the node policy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "host/root_dir.h"

namespace sg::request {

struct NodePolicySummary {
  bool exists = false;
  std::vector<std::string> profiles;        // sorted
  std::optional<std::string> default_mode;  // of default.mode, where the file sets it
  std::vector<Finding> dangers;             // what limit.host permits and should not, located
};

// Reads the file below the root, as the hook does: on this system one that others than root can
// write is refused (below another root owners are set later). No file is a summary that says so.
// Errors: kNodePolicy.
[[nodiscard]] Result<NodePolicySummary> summarize_node_policy(const host::RootDir& root,
                                                              const std::string& file);

}  // namespace sg::request
