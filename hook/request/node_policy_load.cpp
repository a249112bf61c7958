// SPDX-License-Identifier: Apache-2.0
// node_policy_load.cpp - choice to file to text to policy.
#include "request/node_policy_load.h"

#include <cerrno>
#include <utility>

#include "base/diagnostic.h"
#include "base/text.h"
#include "compile/dangerous_grants.h"
#include "policy/assign.h"
#include "policy/node_policy.h"

namespace sg::request {
namespace {

// All of them private: what the file may say does not depend on it, but for warnings.
constexpr sysctl::NamespaceSet kAllPrivate{
    .net = true, .ipc = true, .uts = true, .user = true, .pid = true};

}  // namespace

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

Result<std::optional<std::string>> read_node_policy(const std::string& file, bool is_named,
                                                    host::Writers writers) {
  const std::string noun = "node policy " + escape(file);
  Result<std::optional<std::string>> text =
      host::read_trusted_file(file, policy::kNodePolicyMax, noun, writers);
  if (text && !*text && is_named) {
    text = system_error(noun + ": cannot be opened", ENOENT, "name a file that is there");
  }
  if (text) {
    return text;
  }
  Error error = std::move(text).error();
  error.code = Errc::kNodePolicy;
  return error;
}

policy::NodePolicy parse_node_policy_text(const std::optional<std::string>& text,
                                          const NodePolicyChoice& choice,
                                          const sysctl::NamespaceSet& private_namespaces,
                                          Diagnostics& findings) {
  return text ? policy::parse_node_policy(*text, choice.path, private_namespaces, findings)
              : policy::default_node_policy(choice.path, private_namespaces);
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
  policy::NodePolicy node = parse_node_policy_text(text, choice, private_namespaces, findings);
  return LoadedNodePolicy{.policy = std::move(node), .text = std::move(text)};
}

bool may_be_assigned(const std::map<std::string, std::string>& annotations,
                     const NodePolicyChoice& choice) {
  if (choice.is_defaults) {
    return false;
  }
  const Result<std::optional<std::string>> text =
      read_node_policy(choice.path, choice.is_named, choice.writers);
  if (!text) {
    return true;
  }
  if (!*text || !policy::may_assign(**text)) {
    return false;
  }
  Diagnostics findings;
  const policy::NodePolicy node = parse_node_policy_text(*text, choice, kAllPrivate, findings);
  return findings.has_errors() ||
         policy::find_assigned(node.assign, annotations, {}).hit != nullptr;
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

Result<NodePolicySummary> summarize_node_policy(const host::RootDir& root,
                                                const std::string& file) {
  // On this system by the path itself: the owners of its directories count too.
  const Result<std::string> path =
      root.is_this_system() ? Result<std::string>(file) : root.locate(file);
  if (!path) {
    return path.error();
  }
  Diagnostics findings;
  const Result<LoadedNodePolicy> loaded = load_node_policy(
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
    Error error = error_of(findings);
    error.hint = "correct it; sysctl-guard check --policy " + escape(file) + " shows all mistakes";
    return error;
  }
  const policy::NodePolicy& node = loaded->policy;
  summary.exists = true;
  summary.assigns = !node.assign.empty();
  for (const auto& [name, unused] : node.profiles) {
    summary.profiles.push_back(name);
  }
  if (node.sets_mode) {
    summary.default_mode = policy::kModeNames[static_cast<std::size_t>(node.mode)];
  }
  Diagnostics dangers;
  compile::warn_dangerous_grants(node.limit, compile::Dangers::kGrouped, dangers);
  dangers.locate(policy::node_source(*path), *loaded->text);
  summary.dangers = dangers.findings();
  return summary;
}

}  // namespace sg::request
