// SPDX-License-Identifier: Apache-2.0
// node_policy_load.cpp - choice to file to text to policy.
#include "request/node_policy_load.h"

#include <utility>

namespace sg::request {

NodePolicyChoice registered_node_policy(const std::string& file) {
  return file.empty() ? NodePolicyChoice{} : NodePolicyChoice{.path = file, .is_named = true};
}

NodePolicyChoice chosen_node_policy(const std::optional<std::string>& option,
                                    const std::string& registered) {
  if (!option) {
    return registered_node_policy(registered);
  }
  if (*option == "none") {
    return {.is_defaults = true};
  }
  return {.path = *option, .is_named = true, .writers = host::Writers::kAnyone};
}

Result<LoadedNodePolicy> load_node_policy(const NodePolicyChoice& choice,
                                          const sysctl::NamespaceSet& private_namespaces,
                                          Diagnostics& findings) {
  std::optional<std::string> text;
  if (!choice.is_defaults) {
    Result<std::optional<std::string>> read =
        read_node_policy(choice.path, choice.is_named, choice.writers);
    if (!read) {
      return std::move(read).error();
    }
    text = *std::move(read);
  }
  policy::NodePolicy node =
      text ? policy::parse_node_policy(*text, choice.path, private_namespaces, findings)
           : policy::default_node_policy(choice.path, private_namespaces);
  return LoadedNodePolicy{.policy = std::move(node), .text = std::move(text)};
}

Error error_of(const Diagnostics& findings) {
  Error error{Errc::kBadInput, "the policy is invalid", ""};
  std::size_t errors = 0;
  for (const Finding& finding : findings.findings()) {
    if (finding.severity == Severity::kError && errors++ == 0) {
      error.code = finding.code;
      error.message = format_finding(finding);
    }
  }
  if (errors > 1) {
    error.message += " (and " + std::to_string(errors - 1) + " more; sysctl-guard check shows all)";
  }
  return error;
}

}  // namespace sg::request
