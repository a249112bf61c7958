// SPDX-License-Identifier: Apache-2.0
// node_policy_load.cpp - file to text to policy; the first mistake ends it.
#include "app/node_policy_load.h"

#include <optional>
#include <utility>

#include "app/node_policy_file.h"

namespace sg::app {

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

Result<policy::NodePolicy> load_node_policy(const std::string& file,
                                            const policy::NamespaceSet& private_namespaces) {
  const bool is_named = !file.empty();
  const std::string path = is_named ? file : kNodePolicyFile;
  const Result<std::optional<std::string>> text =
      read_node_policy(path, is_named, host::Writers::kRootOnly);
  if (!text) {
    return text.error();
  }
  if (!*text) {
    return policy::default_node_policy(path, private_namespaces);
  }
  Diagnostics findings;
  policy::NodePolicy node = policy::parse_node_policy(**text, path, private_namespaces, findings);
  return findings.has_errors() ? Result<policy::NodePolicy>(error_of(findings)) : std::move(node);
}

}  // namespace sg::app
