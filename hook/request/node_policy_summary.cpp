// SPDX-License-Identifier: Apache-2.0
// node_policy_summary.cpp - the names of profiles and the default mode, by the parser that the hook
// uses.
#include "request/node_policy_summary.h"

#include "base/diagnostic.h"
#include "base/text.h"
#include "compile/dangerous_grants.h"
#include "policy/node_policy.h"
#include "request/node_policy_load.h"

namespace sg::request {
namespace {

// All of them private: what the file may say does not depend on it, but for warnings.
constexpr sysctl::NamespaceSet kAllPrivate{.net = true, .ipc = true, .uts = true, .user = true};

}  // namespace

Result<NodePolicySummary> summarize_node_policy(const host::RootDir& root,
                                                const std::string& file) {
  // On this system by the path itself: the owners of its directories count too.
  const Result<std::string> path =
      root.is_this_system() ? Result<std::string>(file) : root.locate(file);
  if (!path) {
    return path.error();
  }
  Diagnostics findings;
  const Result<request::LoadedNodePolicy> loaded = request::load_node_policy(
      {.path = *path,
       .writers = root.is_this_system() ? host::Writers::kRootOnly : host::Writers::kAnyone},
      kAllPrivate, findings);
  if (!loaded) {
    return loaded.error();
  }
  NodePolicySummary summary;
  if (!loaded->text) {
    return summary;
  }
  if (findings.has_errors()) {
    Error error = request::error_of(findings);
    error.hint = "correct it; sysctl-guard check --policy " + escape(file) + " shows all mistakes";
    return error;
  }
  const policy::NodePolicy& node = loaded->policy;
  summary.exists = true;
  for (const auto& [name, unused] : node.profiles) {
    summary.profiles.push_back(name);
  }
  if (node.sets_mode) {
    summary.default_mode = policy::kModeNames[static_cast<std::size_t>(node.mode)];
  }
  Diagnostics dangers;
  compile::warn_dangerous_grants(node.limit, dangers);
  dangers.locate(policy::node_source(*path), *loaded->text);
  summary.dangers = dangers.findings();
  return summary;
}

}  // namespace sg::request
