// SPDX-License-Identifier: Apache-2.0
// run_hook.cpp - the pipeline on one screen: state and config.json -> cgroup, policy -> table ->
// guard.
//
// Fail closed: every error ends the run with a non-zero exit, the runtime then does not start the
// container, and nothing is attached before the last line.
//
// Tested by test/integration/30-allowed-and-refused.bats.
#include "programs/run_hook.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file_io.h"
#include "base/text.h"
#include "compile/meta.h"
#include "guard/attach_policy.h"
#include "host/cgroup.h"
#include "host/kernel_release.h"
#include "host/lock_proc_sys.h"
#include "host/sysctl_tree.h"
#include "oci/bundle.h"
#include "oci/open_proc_sys.h"
#include "policy/merge.h"
#include "request/make_policy.h"
#include "request/opening.h"
#include "request/own_namespaces.h"

namespace sg::programs {
namespace {

// What config.json says, where it is there and this container's: the state's bundle is only a hint.
Result<std::optional<oci::Config>> config_of(const oci::State& state) {
  if (state.bundle.empty()) {
    return std::optional<oci::Config>();
  }
  Result<oci::Config> config = oci::read_config(state.bundle);
  if (!config) {
    // Not there: runtimes that report a wrong bundle have written linux.sysctl before the hook
    // runs.
    return config.error().code == Errc::kSystem ? Result<std::optional<oci::Config>>(std::nullopt)
                                                : std::move(config).error();
  }
  return oci::is_config_of(*config, state.annotations) ? std::optional(*std::move(config))
                                                       : std::nullopt;
}

// All that the container's policy is made of.
Result<compile::Origin> origin_of(const oci::State& state, const std::optional<oci::Config>& config,
                                  const request::HookOptions& options) {
  const Result<sysctl::NamespaceSet> own = request::own_namespaces(state.pid);
  if (!own) {
    return own.error();
  }
  return compile::Origin{
      .annotations = state.annotations,
      .sysctl = config ? config->sysctl : std::map<std::string, std::string>(),
      .private_namespaces = *own,
      .profile = options.profile,
      .node_policy = options.node_policy_file,
      // Without this container's own config.json nothing is known: audit then stays within the
      // limit.
      .proc_sys = config ? request::proc_sys_of(*config) : compile::ProcSys::kUnknown};
}

// What keeps shut what the policy grants, for the system log. Why our edit did not open it, the
// edit has said.
void note_closed(const request::MadePolicy& ready, const std::optional<oci::Config>& config,
                 std::vector<std::string>& notes) {
  if (policy::asks_to_write(ready.policy) && config && oci::is_closed(*config)) {
    const std::string why = oci::closed_text(config->annotations);
    notes.push_back(
        "/proc/sys stays read-only in this container, so that it can write nothing of what it is "
        "granted: " +
        (why.empty() ? oci::kNobodyOpened : why));
  }
}

// Whether the path is our own binary for the container too: the createContainer stage is run in its
// mount namespace.
bool is_own_binary(pid_t pid, const std::string& path) {
  struct stat own {};
  struct stat found {};
  return ::stat("/proc/self/exe", &own) == 0 &&
         ::stat(("/proc/" + std::to_string(pid) + "/root" + path).c_str(), &found) == 0 &&
         is_same_file(own, found);
}

// What was to be opened when config.json was edited is judged again, by what the runtime has made
// of it.
Status check_opening(const oci::State& state, const oci::Config& config,
                     const request::MadePolicy& ready) {
  const oci::HookEntry* const entry = oci::find_opening_hook(config);
  if (entry == nullptr) {
    return Ok{};
  }
  if (!is_own_binary(state.pid, entry->path)) {
    return Error{Errc::kUnsupported,
                 "config.json: in the container's mount namespace '" + escape(entry->path, 160) +
                     "' is not this program",
                 "let nothing be mounted over the hook's directory"};
  }
  const std::span<const std::string> paths = std::span(entry->args).subspan(2);
  const sysctl::NamespaceSet& own = ready.meta.origin.private_namespaces;
  if (!request::opens_shared(paths, own)) {
    return Ok{};
  }
  const host::SysctlTree tree;
  const Result<std::vector<std::string>> now =
      request::opening_of({.policy = ready.policy,
                           .table = ready.table,
                           .own = own,
                           .kernel = host::kernel_release(),
                           .tree = tree});
  if (!now) {
    return now.error();
  }
  for (const std::string& path : paths) {
    if (std::ranges::find(*now, path) == now->end()) {
      return Error{Errc::kUnsupported,
                   "config.json: /proc/sys was to be opened at '" + escape(path, 128) +
                       "' for a namespace that the container does not have to itself",
                   "create the container again; name namespaces by paths that are the same for "
                   "every process"};
    }
  }
  return Ok{};
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
  Result<host::Cgroup> cgroup =
      host::open_container_cgroup(state.pid, *config ? (*config)->cgroups_path : "", state.id);
  if (!cgroup) {
    return std::move(cgroup).error();
  }
  Result<compile::Origin> origin = origin_of(state, *config, options);
  if (!origin) {
    return std::move(origin).error();
  }
  Result<request::MadePolicy> ready = request::make_policy_of(*std::move(origin), state.id);
  if (!ready) {
    return std::move(ready).error();
  }
  if (Status opening = *config ? check_opening(state, **config, *ready) : Status(Ok{}); !opening) {
    return opening;
  }
  notes = ready->meta.cut;
  note_closed(*ready, *config, notes);
  notes.insert(notes.end(), ready->warnings.begin(), ready->warnings.end());
  Status attached = guard::attach_policy(*std::move(ready), cgroup->dir.get(),
                                         kernel::Attach::kNewOrReplace, notes);
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

}  // namespace sg::programs
