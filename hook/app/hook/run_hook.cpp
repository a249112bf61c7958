// SPDX-License-Identifier: Apache-2.0
// run_hook.cpp - the pipeline on one screen: state and config.json -> cgroup, policy -> table -> guard.
//
// Fail closed: every error ends the run with a non-zero exit, the runtime then does not start the
// container, and nothing is attached before the last line.
#include "app/hook/run_hook.h"

#include <utility>

#include "app/attach_policy.h"
#include "app/ready_policy.h"
#include "compile/meta.h"
#include "kernel/cgroup.h"
#include "kernel/namespaces.h"
#include "oci/bundle.h"

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

// All that the container's policy is made of.
Result<compile::Origin> origin_of(const oci::State& state, const oci::Config& config,
                                  const HookOptions& options) {
  const Result<kernel::PrivateNamespaces> own = kernel::private_namespaces(state.pid);
  if (!own) {
    return own.error();
  }
  return compile::Origin{
      .annotations = state.annotations,
      .sysctl = config.sysctl,
      .private_namespaces = {.net = own->net, .ipc = own->ipc, .uts = own->uts, .user = own->user},
      .profile = options.profile,
      .node_policy = options.node_policy_file};
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
  Result<compile::Origin> origin = origin_of(state, *config, options);
  if (!origin) {
    return std::move(origin).error();
  }
  Result<ReadyPolicy> ready = make_ready_policy(*std::move(origin), state.id);
  if (!ready) {
    return std::move(ready).error();
  }
  notes = ready->meta.cut;
  notes.insert(notes.end(), ready->warnings.begin(), ready->warnings.end());
  Status attached = attach_policy(*std::move(ready), cgroup->dir.get(), kernel::Attach::kNewOrReplace, notes);
  if (!attached) {
    return std::move(attached).error().context("cgroup " + cgroup->path);
  }
  return Ok{};
}

}  // namespace sg::app
