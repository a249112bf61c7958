// SPDX-License-Identifier: Apache-2.0
// node_policy_load.h - the node policy that holds for a container: which file, and what stands in
// it.
#pragma once

#include <optional>
#include <string>

#include "base/diagnostic.h"
#include "base/result.h"
#include "policy/node_policy.h"
#include "request/node_policy_file.h"

namespace sg::request {

// Which node policy is meant.
struct NodePolicyChoice {
  std::string path = kNodePolicyFile;
  bool is_named = false;     // by somebody, so that it must be there
  bool is_defaults = false;  // no file is read, as where none is installed
  host::Writers writers = host::Writers::kRootOnly;
};

// The one in `file`, which the hook's registration names; empty: the installed one.
[[nodiscard]] NodePolicyChoice registered_node_policy(const std::string& file);

// The one that `option` of a command names: a file, whoever can write it, or "none" for the
// defaults. Without the option the registered one.
[[nodiscard]] NodePolicyChoice chosen_node_policy(const std::optional<std::string>& option,
                                                  const std::string& registered = "");

struct LoadedNodePolicy {
  policy::NodePolicy policy;
  std::optional<std::string> text;  // of its file; nothing where none was read
};

// Reads and parses it; what holds without a file where none is installed. Mistakes are findings.
// Errors: those of read_node_policy().
[[nodiscard]] Result<LoadedNodePolicy> load_node_policy(
    const NodePolicyChoice& choice, const sysctl::NamespaceSet& private_namespaces,
    Diagnostics& findings);

// The first finding that is an error, as the error of the run; there must be one.
[[nodiscard]] Error error_of(const Diagnostics& findings);

}  // namespace sg::request
