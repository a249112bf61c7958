// SPDX-License-Identifier: Apache-2.0
// open_proc_sys.h - the config.json with which a container is created guarded, and with a writable /proc/sys.
//
// The guard only takes away, and engines mount /proc/sys read-only. So the edit has two halves in one
// document: our hook, and `/proc/sys` out of `linux.readonlyPaths`. Whoever creates the container from
// it runs the hook, or does not start the container; there is no document that opens without the hook.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/create_config.h"

namespace sg::oci {

// The name of the hook's binary, and its argv[0].
inline constexpr std::string_view kHookName = "sysctl-guard-hook";

// Why /proc/sys must stay as the engine has it, as a clause; empty where nothing is against opening it.
//
// A container that could undo the guard is never opened:
// - CAP_SYS_ADMIN, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_BPF with CAP_NET_ADMIN, or CAP_SYS_PTRACE without a new PID
//   namespace, in any of its sets. New user and cgroup namespaces together make capabilities harmless to the
//   guard; one that is joined by path may be the host's and does not. A capability that is not spelled
//   CAP_NAME (crun knows numbers too) counts as all of them;
// - a way out of its cgroup: a writable mount of cgroups without a new cgroup namespace, or a bind mount of a
//   path at, above or below one of `cgroup_mounts`, where this host has its cgroup filesystems.
// And what the engine was told to hide (/proc/sys in `linux.maskedPaths`) stays hidden.
[[nodiscard]] std::string reason_to_stay_closed(const CreateConfig& config,
                                                std::span<const std::string> cgroup_mounts);

// The first entry that runs a program of our hook's name, wherever that is; null where there is none. It shows
// that a guard is wanted, and with which arguments; whether the program is ours, only its path can tell.
[[nodiscard]] const HookEntry* find_named_hook(const CreateConfig& config);

// Whether the document runs the program at `hook_path`, and not only for its help or version.
[[nodiscard]] bool runs_hook(const CreateConfig& config, std::string_view hook_path);

// What to make of a config.json.
struct CreateEdit {
  std::string hook_path;               // absolute, without symbolic links
  std::vector<std::string> hook_args;  // argv[1] and on
  bool open = false;                   // /proc/sys, where there is no reason_to_stay_closed
  std::vector<std::string> cgroup_mounts = {"/"};  // of this host; "/" where they are not known
};

// `text`, of which `config` was parsed, with the hook last in `hooks.createRuntime` unless it runs already (and
// `hooks` behind ociVersion where there were none), and `/proc/sys` (also spelled `/proc/sys/`,
// `//proc/./sys`) out of `linux.readonlyPaths` where asked for. All other bytes are kept; entries below it
// (`/proc/sys/kernel`) and above it (`/proc`) are the engine's and stay. Errors: kBadInput, as of
// base/json_edit.h.
[[nodiscard]] Result<std::string> edit_for_create(std::string_view text, const CreateConfig& config,
                                                  const CreateEdit& edit);

}  // namespace sg::oci
