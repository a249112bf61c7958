// SPDX-License-Identifier: Apache-2.0
// run_hook.cpp - the pipeline on one screen: state and config.json -> cgroup, policy -> table -> guard.
//
// Fail closed: every error ends the run with a non-zero exit, the runtime then does not start the
// container, and nothing is attached before the last line.
#include "app/run_hook.h"

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "app/node_policy_file.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "compile/compile_policy.h"
#include "compile/encode_meta.h"
#include "kernel/attachment.h"
#include "kernel/cgroup.h"
#include "kernel/guard.h"
#include "kernel/namespaces.h"
#include "oci/bundle.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "policy/node_policy.h"

namespace sg::app {
namespace {

// The first finding that is an error, as the error of the run.
Error first_finding(const Diagnostics& findings) {
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

// What config.json says, where it is there and this container's: the state's bundle is only a hint.
Result<oci::Config> config_of(const oci::State& state) {
  if (state.bundle.empty()) {
    return oci::Config{};
  }
  Result<oci::Config> config = oci::read_config(state.bundle);
  if (!config) {
    // Not there: runtimes that report a wrong bundle have written linux.sysctl before the hook runs.
    return config.error().code == Errc::kSystem ? oci::Config{} : std::move(config);
  }
  return oci::is_config_of(*config, state.annotations) ? std::move(config) : oci::Config{};
}

Result<policy::NodePolicy> node_policy_for(const oci::State& state, const HookOptions& options) {
  const Result<kernel::PrivateNamespaces> own = kernel::private_namespaces(state.pid);
  if (!own) {
    return own.error();
  }
  const policy::NamespaceSet private_namespaces{
      .net = own->net, .ipc = own->ipc, .uts = own->uts, .user = own->user};
  const bool is_named = !options.node_policy_file.empty();
  const std::string file = is_named ? options.node_policy_file : kNodePolicyFile;
  const Result<std::optional<std::string>> text =
      read_node_policy(file, is_named, Writers::kRootOnly);
  if (!text) {
    return text.error();
  }
  if (!*text) {
    return policy::default_node_policy(file, private_namespaces);
  }
  Diagnostics findings;
  policy::NodePolicy node = policy::parse_node_policy(**text, file, private_namespaces, findings);
  return findings.has_errors() ? Result<policy::NodePolicy>(first_finding(findings))
                               : std::move(node);
}

// The policy of the container: what the node has, what it was asked for, what the runtime writes itself.
Result<policy::Policy> make_policy(const oci::State& state, const oci::Config& config,
                                   const HookOptions& options) {
  const Result<policy::NodePolicy> node = node_policy_for(state, options);
  if (!node) {
    return node.error();
  }
  if (!options.profile.empty() && node->profiles.find(options.profile) == node->profiles.end()) {
    return Error{Errc::kUsage,
                 "option --profile: the node policy has no profile '" + escape(options.profile) + "'",
                 "add it to the node policy, or correct the hook's registration"};
  }
  Diagnostics findings;
  policy::Request request =
      policy::parse_annotations(state.annotations, *node, options.profile, findings);
  if (findings.has_errors()) {
    return first_finding(findings);
  }
  Result<std::vector<policy::Rule>> pairs = policy::pair_rules(config.sysctl);
  if (!pairs) {
    return std::move(pairs).error();
  }
  return policy::merge(std::move(*pairs), *node, std::move(request));
}

// What the limit cut off, as lines for the system log.
void add_notes(const policy::Policy& policy, const Diagnostics& findings,
               std::vector<std::string>& notes) {
  for (const Finding& finding : findings.findings()) {
    if (policy.on_excess == policy::OnExcess::kClip && finding.code == Errc::kBeyondLimit) {
      notes.push_back(format_finding(finding));
    }
  }
}

std::uint64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

Status attach_policy(const policy::Policy& policy, std::span<const std::uint8_t> table,
                     const oci::State& state, const kernel::Cgroup& cgroup) {
  const std::vector<std::uint8_t> meta =
      compile::encode_meta(policy, state.id, now_ns(), SG_VERSION);
  const Result<kernel::Guard> guard = kernel::Guard::load(
      {.table = table, .rule_count = static_cast<std::uint32_t>(policy.rules.size()), .meta = meta});
  if (!guard) {
    return guard.error();
  }
  return kernel::attach_guard(cgroup.dir.get(), guard->program_fd(), state.id);
}

}  // namespace

Status guard_container(const oci::State& state, const HookOptions& options,
                       std::vector<std::string>& notes) {
  if (state.status == "stopped") {
    return Ok{};  // poststop: the attachment went with the cgroup
  }
  if (state.status == "running") {
    return Error{Errc::kUnsupported, "container state: the container runs already",
                 "register the hook at createRuntime or prestart, not at poststart"};
  }
  Result<oci::Config> config = config_of(state);
  if (!config) {
    return std::move(config).error();
  }
  Result<kernel::Cgroup> cgroup =
      kernel::open_container_cgroup(state.pid, config->cgroups_path, state.id);
  if (!cgroup) {
    return std::move(cgroup).error();
  }
  Result<policy::Policy> policy = make_policy(state, *config, options);
  if (!policy) {
    return std::move(policy).error();
  }
  Diagnostics findings;
  const std::optional<std::vector<std::uint8_t>> table = compile::compile_policy(*policy, findings);
  if (!table) {
    return first_finding(findings);
  }
  add_notes(*policy, findings, notes);
  Status attached = attach_policy(*policy, *table, state, *cgroup);
  if (!attached) {
    return std::move(attached).error().context("cgroup " + cgroup->path);
  }
  return Ok{};
}

}  // namespace sg::app
