// SPDX-License-Identifier: Apache-2.0
// run_hook.cpp - the pipeline on one screen: state and config.json -> cgroup, policy -> table -> guard.
//
// Fail closed: every error ends the run with a non-zero exit, the runtime then does not start the
// container, and nothing is attached before the last line.
#include "app/hook/run_hook.h"

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "app/node_policy_load.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "compile/compile_policy.h"
#include "compile/meta.h"
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
  return own ? load_node_policy(options.node_policy_file, {.net = own->net,
                                                           .ipc = own->ipc,
                                                           .uts = own->uts,
                                                           .user = own->user})
             : own.error();
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
    return error_of(findings);
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
  compile::Meta described = compile::make_meta(policy, state.id);
  described.attached_at_ns = now_ns();
  described.tool = SG_VERSION;
  const std::vector<std::uint8_t> meta = compile::encode_meta(described);
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
    return error_of(findings);
  }
  add_notes(*policy, findings, notes);
  Status attached = attach_policy(*policy, *table, state, *cgroup);
  if (!attached) {
    return std::move(attached).error().context("cgroup " + cgroup->path);
  }
  return Ok{};
}

}  // namespace sg::app
