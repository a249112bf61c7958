// SPDX-License-Identifier: Apache-2.0
// run_hook.cpp - the pipeline on one screen: state and config.json -> cgroup, policy -> table -> guard.
//
// Fail closed: every error ends the run with a non-zero exit, the runtime then does not start the
// container, and nothing is attached before the last line.
#include "app/hook/run_hook.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "app/attach_policy.h"
#include "app/ready_policy.h"
#include "base/text.h"
#include "compile/meta.h"
#include "host/lock_proc_sys.h"
#include "host/own_namespaces.h"
#include "kernel/cgroup.h"
#include "oci/bundle.h"
#include "oci/open_proc_sys.h"
#include "policy/merge.h"
#include "request/proc_sys.h"

namespace sg::app {
namespace {

// What config.json says, where it is there and this container's: the state's bundle is only a hint.
Result<std::optional<oci::Config>> config_of(const oci::State& state) {
  if (state.bundle.empty()) {
    return std::optional<oci::Config>();
  }
  Result<oci::Config> config = oci::read_config(state.bundle);
  if (!config) {
    // Not there: runtimes that report a wrong bundle have written linux.sysctl before the hook runs.
    return config.error().code == Errc::kSystem ? Result<std::optional<oci::Config>>(std::nullopt)
                                                : std::move(config).error();
  }
  return oci::is_config_of(*config, state.annotations) ? std::optional(*std::move(config)) : std::nullopt;
}

// All that the container's policy is made of.
Result<compile::Origin> origin_of(const oci::State& state, const std::optional<oci::Config>& config,
                                  const request::HookOptions& options) {
  const Result<host::OwnNamespaces> own = host::own_namespaces(state.pid);
  if (!own) {
    return own.error();
  }
  return compile::Origin{
      .annotations = state.annotations,
      .sysctl = config ? config->sysctl : std::map<std::string, std::string>(),
      .private_namespaces = {.net = own->net, .ipc = own->ipc, .uts = own->uts, .user = own->user},
      .profile = options.profile,
      .node_policy = options.node_policy_file,
      // Without this container's own config.json nothing is known: audit then stays within the limit.
      .proc_sys = config ? request::proc_sys_of(*config)
                         : compile::ProcSys::kUnknown};
}

// What keeps shut what the policy grants, for the system log. Why our edit did not open it, the edit has said.
void note_closed(const ReadyPolicy& ready, const std::optional<oci::Config>& config, std::vector<std::string>& notes) {
  if (policy::asks_to_write(ready.policy) && config && oci::is_closed(*config)) {
    const auto why = config->annotations.find(std::string(oci::kClosedKey));
    notes.push_back("/proc/sys stays read-only in this container, so that it can write nothing of what it is granted: " +
                    (why == config->annotations.end()
                         ? std::string("neither Podman's precreate stage nor sysctl-guard-runtime has opened it")
                         : escape(why->second, 256)));
  }
}

}  // namespace

Status guard_container(const oci::State& state, const request::HookOptions& options,
                       std::vector<std::string>& notes) {
  if (state.status == "stopped") {
    return Ok{};  // poststop: the attachment went with the cgroup
  }
  if (state.status == "running") {
    return Error{Errc::kUnsupported, "container state: the container runs already",
                 "register the hook at createRuntime or prestart, not at poststart"};
  }
  const Result<std::optional<oci::Config>> config = config_of(state);
  if (!config) {
    return config.error();
  }
  Result<kernel::Cgroup> cgroup =
      kernel::open_container_cgroup(state.pid, *config ? (*config)->cgroups_path : "", state.id);
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
  note_closed(*ready, *config, notes);
  notes.insert(notes.end(), ready->warnings.begin(), ready->warnings.end());
  Status attached = attach_policy(*std::move(ready), cgroup->dir.get(), kernel::Attach::kNewOrReplace, notes);
  if (!attached) {
    return std::move(attached).error().context("cgroup " + cgroup->path);
  }
  return Ok{};
}

Status open_container(const oci::State& state, std::span<const std::string> paths) {
  if (state.status == "running" || state.status == "stopped") {
    return Error{Errc::kUsage, "argument --open: it belongs to the createContainer stage",
                 "let sysctl-guard alone write it"};
  }
  // runc starts the hook in the container's root directory, crun says where that is.
  return host::lock_proc_sys(state.root.empty() ? "." : state.root, paths);
}

}  // namespace sg::app
