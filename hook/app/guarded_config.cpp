// SPDX-License-Identifier: Apache-2.0
// guarded_config.cpp - who is opened, and why one is not.
#include "app/guarded_config.h"

#include <fcntl.h>

#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/hook_options.h"
#include "app/node_policy_load.h"
#include "app/write_request.h"
#include "base/file_io.h"
#include "base/mountinfo.h"
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

// What is wrong with the hook's arguments, or with the node policy, the hook says when it refuses.
bool wants_open(const oci::CreateConfig& create, const std::vector<std::string>& hook_args) {
  const Result<HookOptions> options = parse_hook_options(hook_args);
  if (!options) {
    return false;
  }
  const Result<policy::NodePolicy> node =
      load_node_policy(options->node_policy_file, claimed_namespaces(create.config));
  return node && asks_to_write(create.config, *node, options->profile);
}

// Where this host has its cgroup filesystems, of either version; where that is not known, everywhere.
std::vector<std::string> cgroup_mount_points() {
  constexpr std::size_t kMountinfoMax = std::size_t{16} << 20;
  const Result<std::string> text = read_file(AT_FDCWD, "/proc/self/mountinfo", kMountinfoMax);
  if (!text) {
    return {"/"};
  }
  std::vector<std::string> points;
  for (const MountEntry& mount : parse_mountinfo(*text)) {
    if (mount.type == "cgroup" || mount.type == "cgroup2") {
      points.push_back(mount.point);
    }
  }
  return points;
}

// The mounts as the runtime will see them: it follows symbolic links in their sources.
void resolve_sources(std::vector<oci::Mount>& mounts) {
  for (oci::Mount& mount : mounts) {
    std::error_code failed;
    const std::filesystem::path resolved = std::filesystem::canonical(mount.source, failed);
    if (!failed && mount.source.starts_with('/')) {
      mount.source = resolved.string();
    }
  }
}

}  // namespace

Result<GuardedConfig> make_guarded(std::string_view text, const oci::CreateConfig& create,
                                   const std::string& hook_path,
                                   const std::vector<std::string>& hook_args) {
  oci::CreateConfig resolved = create;
  oci::CreateEdit edit{.hook_path = hook_path, .hook_args = hook_args};
  // Ours runs last and replaces an earlier guard, so it must have what the earlier was told.
  if (const oci::HookEntry* named = oci::find_named_hook(create); named && !named->args.empty()) {
    edit.hook_args.assign(named->args.begin() + 1, named->args.end());
  }
  GuardedConfig guarded;
  if (wants_open(create, edit.hook_args)) {
    resolve_sources(resolved.mounts);
    edit.cgroup_mounts = cgroup_mount_points();
    edit.open = true;
    const std::string reason = oci::reason_to_stay_closed(resolved, edit.cgroup_mounts);
    guarded.note = reason.empty() ? ""
                                  : "sysctl-guard: " + name_of(create) +
                                        ": /proc/sys is not opened: " + reason;
  }
  Result<std::string> edited = oci::edit_for_create(text, resolved, edit);
  if (!edited) {
    return std::move(edited).error();
  }
  guarded.text = *std::move(edited);
  return guarded;
}

}  // namespace sg::app
