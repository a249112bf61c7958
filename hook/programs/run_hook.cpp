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

#include "base/clock.h"
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
#include "policy/container_name.h"
#include "programs/heap.h"
#include "request/make_policy.h"
#include "request/opening.h"
#include "request/own_namespaces.h"
#include "request/policy_source.h"

namespace sg::programs {
namespace {

// What crun says of the bundle of a container with a user namespace, in some versions.
constexpr std::string_view kNoBundle = "/";

// What config.json says, where it is there and this container's: the state's bundle is only a hint,
// and a runtime that reports a wrong one has written linux.sysctl before the hook runs. Where we have
// opened the container it must be there, since what is opened is judged again by it.
Result<std::optional<oci::Config>> config_of(const oci::State& state) {
  Result<oci::Config> config = oci::read_config(state.bundle);
  if (config && oci::is_config_of(*config, state.annotations)) {
    return std::optional(*std::move(config));
  }
  const bool is_needed =
      state.annotations.contains(std::string(oci::kOpenedKey)) && state.bundle != kNoBundle;
  if (!config && (is_needed || config.error().code != Errc::kSystem)) {
    return std::move(config).error();
  }
  if (is_needed) {
    return Error{
        Errc::kBadInput,
        "config.json: its annotations are not those of the container's state, so that what "
        "was opened cannot be judged again",
        "leave the bundle alone until the container is created"};
  }
  return std::optional<oci::Config>();
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

// What the system log gets: what the limit cut off, what keeps shut what the policy grants (why our
// edit did not open it, the edit has said), what the node policy should not permit.
std::vector<std::string> notes_of(const compile::Meta& meta,
                                  const std::optional<oci::Config>& config) {
  std::vector<std::string> notes = meta.cut;
  if (meta.asks_to_write && config && oci::is_closed(*config)) {
    const std::string why = oci::closed_text(config->annotations);
    notes.push_back(
        "/proc/sys stays read-only in this container, so that it can write nothing of what it is "
        "granted: " +
        (why.empty() ? oci::kNobodyOpened : why));
  }
  notes.insert(notes.end(), meta.warnings.begin(), meta.warnings.end());
  return notes;
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

// The paths below /proc/sys that config.json opens for the container, by our own hook.
Result<std::span<const std::string>> opened_paths(const oci::State& state,
                                                  const std::optional<oci::Config>& config) {
  const oci::HookEntry* const entry = config ? oci::find_opening_hook(*config) : nullptr;
  if (entry == nullptr) {
    return std::span<const std::string>();
  }
  if (!is_own_binary(state.pid, entry->path)) {
    return Error{Errc::kUnsupported,
                 "config.json: in the container's mount namespace '" + escape(entry->path, 160) +
                     "' is not this program",
                 "let nothing be mounted over the hook's directory"};
  }
  return std::span(entry->args).subspan(2);
}

// What was to be opened when config.json was edited is judged again, by what the runtime has made
// of it.
Status check_opening(std::span<const std::string> paths, const request::MadePolicy& ready) {
  const host::SysctlTree tree;
  const Result<std::vector<std::string>> now =
      request::opening_of({.policy = ready.policy,
                           .table = ready.table,
                           .own = ready.meta.origin.private_namespaces,
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

kernel::Container container_of(const oci::State& state) {
  return {.id = state.id,
          .name = policy::text_of(policy::name_of_container(state.annotations)),
          .attached_at_ns = static_cast<std::uint64_t>(now_ns())};
}

Status on_cgroup(const host::Cgroup& cgroup, Status attached) {
  return attached ? std::move(attached)
                  : std::move(attached).error().context("cgroup " + cgroup.path);
}

// The guard onto the cgroup. What other containers have been through is not done again: the program
// of a policy is taken as it is, and the policy made only where there is none, or it is needed to
// judge what is opened.
Status attach(const request::PolicySource& source, std::span<const std::string> paths,
              const std::optional<oci::Config>& config, const kernel::Container& container,
              const host::Cgroup& cgroup, std::vector<std::string>& notes) {
  std::vector<std::uint8_t> input = request::policy_input(source);
  const bool is_judged = request::opens_shared(paths, source.origin.private_namespaces);
  const std::optional<guard::KnownProgram> known =
      is_judged ? std::nullopt : guard::find_known(input);
  if (known) {
    notes = notes_of(known->notes, config);
    Status attached = kernel::attach_guard(cgroup.dir.get(), known->guard, container);
    // Where the system says no, for want of memory, the long way may do without what is shared.
    if (attached || attached.error().code != Errc::kSystem) {
      return on_cgroup(cgroup, std::move(attached));
    }
  }
  use_huge_heap();
  Result<request::MadePolicy> ready = request::make_policy_of(source);
  if (!ready) {
    return std::move(ready).error();
  }
  if (Status opening = is_judged ? check_opening(paths, *ready) : Status(Ok{}); !opening) {
    return opening;
  }
  notes = notes_of(ready->meta, config);
  return on_cgroup(
      cgroup, guard::attach_policy(*std::move(ready), std::move(input), container, cgroup.dir.get(),
                                   kernel::Attach::kNewOrReplace, notes));
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
  const Result<request::PolicySource> source = request::read_policy_source(*std::move(origin));
  const Result<std::span<const std::string>> paths = opened_paths(state, *config);
  if (!source || !paths) {
    return source ? paths.error() : source.error();
  }
  return attach(*source, *paths, *config, container_of(state), *cgroup, notes);
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
