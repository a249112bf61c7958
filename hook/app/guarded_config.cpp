// SPDX-License-Identifier: Apache-2.0
// guarded_config.cpp - who is opened, and why one is not.
#include "app/guarded_config.h"

#include <utility>

#include "app/hook_options.h"
#include "app/node_policy_load.h"
#include "app/write_request.h"
#include "base/text.h"
#include "oci/open_proc_sys.h"

namespace sg::app {
namespace {

// What can tell an administrator which container is meant: there is no ID in config.json.
std::string name_of(const oci::CreateConfig& create) {
  const std::string& cgroup = create.config.cgroups_path;
  return cgroup.empty() ? "a container without a cgroupsPath"
                        : "the container of cgroup '" + escape(cgroup, 160) + "'";
}

// The hook's own arguments are those of the entry that is there, or that will be. What is wrong with them, or with
// the node policy, the hook says when it refuses.
bool wants_open(const oci::CreateConfig& create, const std::string& hook_path,
                std::vector<std::string> hook_args) {
  if (const oci::HookEntry* entry = oci::find_guard_hook(create, hook_path)) {
    hook_args = entry->args;
    hook_args.erase(hook_args.begin(), hook_args.begin() + (hook_args.empty() ? 0 : 1));
  }
  const Result<HookOptions> options = parse_hook_options(hook_args);
  if (!options) {
    return false;
  }
  const Result<policy::NodePolicy> node =
      load_node_policy(options->node_policy_file, claimed_namespaces(create.config));
  return node && asks_to_write(create.config, *node, options->profile);
}

}  // namespace

Result<GuardedConfig> make_guarded(std::string_view text, const oci::CreateConfig& create,
                                   const std::string& hook_path,
                                   const std::vector<std::string>& hook_args) {
  const oci::CreateEdit edit{.hook_path = hook_path,
                             .hook_args = hook_args,
                             .open = wants_open(create, hook_path, hook_args)};
  Result<std::string> edited = oci::edit_for_create(text, create, edit);
  if (!edited) {
    return std::move(edited).error();
  }
  GuardedConfig guarded{*std::move(edited), ""};
  const std::string reason = edit.open ? oci::reason_to_stay_closed(create) : "";
  if (!reason.empty()) {
    guarded.note = "sysctl-guard: " + name_of(create) + ": /proc/sys is not opened: " + reason;
  }
  return guarded;
}

}  // namespace sg::app
