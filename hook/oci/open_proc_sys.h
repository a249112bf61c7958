// SPDX-License-Identifier: Apache-2.0
// open_proc_sys.h - the config.json with which a container is created guarded, and with a writable /proc/sys.
//
// The guard only takes away, and engines mount /proc/sys read-only. So the edit has two halves in one
// document: our hook, and `/proc/sys` out of `linux.readonlyPaths`. Whoever creates the container from
// it runs the hook, or does not start the container; there is no document that opens without the hook.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/create_config.h"

namespace sg::oci {

// The name of the hook's binary, and its argv[0].
inline constexpr std::string_view kHookName = "sysctl-guard-hook";

// Why /proc/sys stays as the engine has it, as a clause; empty where nothing is against opening it.
//
// A container that could undo the guard is never opened: CAP_SYS_ADMIN, or CAP_BPF with CAP_NET_ADMIN, in
// any of its sets, in the host's user namespace. A new user namespace of its own makes capabilities
// harmless to the guard; one that it joins by path may be the host's and does not. A capability that is not
// spelled CAP_NAME (crun knows numbers too) counts as all of them. And what the engine was told to hide
// (/proc/sys in `linux.maskedPaths`) stays hidden.
[[nodiscard]] std::string reason_to_stay_closed(const CreateConfig& config);

// The entry with which the document runs our hook already, null where it does not: an entry at `hook_path`, or of another binary of our name, that
// does not only ask it for its help or version.
[[nodiscard]] const HookEntry* find_guard_hook(const CreateConfig& config,
                                               std::string_view hook_path);

// What to make of a config.json.
struct CreateEdit {
  std::string hook_path;               // absolute
  std::vector<std::string> hook_args;  // argv[1] and on
  bool open = false;                   // /proc/sys, where there is no reason_to_stay_closed
};

// `text`, of which `config` was parsed, with the hook last in `hooks.createRuntime` unless it is there (and `hooks` behind ociVersion
// where there were none), and
// `/proc/sys` (also spelled `/proc/sys/`, `//proc/./sys`) out of `linux.readonlyPaths` where asked for. All
// other bytes are kept; entries below it (`/proc/sys/kernel`) and above it (`/proc`) are the engine's and
// stay. Errors: kBadInput, as of base/json_edit.h.
[[nodiscard]] Result<std::string> edit_for_create(std::string_view text, const CreateConfig& config,
                                                  const CreateEdit& edit);

}  // namespace sg::oci
