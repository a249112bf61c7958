// SPDX-License-Identifier: Apache-2.0
// open_proc_sys.h - the config.json with which a container is created guarded, and with what it was
// granted writable.
//
// The guard only takes away, and engines mount /proc/sys read-only. So the edit has three parts in
// one document: our hook at createRuntime, which guards the container; `/proc/sys` out of
// `linux.readonlyPaths`; and our hook at createContainer, which makes it read-only again but for
// the paths that were granted. Whoever creates the container from it runs both, or does not start
// the container; there is no document that opens without them.
//
// Annotations say what was done, for the hook and for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/create_config.h"

namespace sg::oci {

// Paths of a config.json are compared as text: no filesystem is asked.
inline constexpr std::string_view kProcSys = "/proc/sys";
// The one file below it that everybody may write: it acts on the PID namespace of whoever writes.
inline constexpr std::string_view kLastPid = "/proc/sys/kernel/ns_last_pid";

// The absolute path without empty and `.` components; a relative one as it is. A `..` stays: what
// it leads to depends on symbolic links.
[[nodiscard]] std::string plain_path(std::string_view path);

[[nodiscard]] bool has_dot_dot(std::string_view path);

// Whether the plain path is, or lies in, a process of /proc: /proc/1/root, /proc/self. The links
// there lead anywhere.
[[nodiscard]] bool is_in_process(std::string_view plain);

// Whether it is kProcSys, in any spelling with the same components.
[[nodiscard]] bool is_proc_sys(std::string_view path);

// The name of the hook's binary, and its argv[0].
inline constexpr std::string_view kHookName = "sysctl-guard-hook";

// The argument of the createContainer stage. All arguments behind it are paths
// (host/lock_proc_sys.h).
inline constexpr std::string_view kOpenOption = "--open";

// The mark of a container that we opened. Its presence counts, not its value.
inline constexpr std::string_view kOpenedKey = "io.sysctl-guard.opened";
// What we found: nothing at, below or above /proc/sys was read-only before us. The same.
inline constexpr std::string_view kWasOpenKey = "io.sysctl-guard.was-open";
// Why what was asked for was not opened: text for people. Empty: nothing kept it closed. A
// container that no edit of ours has seen may have one that its author wrote, so it is always shown
// as what an annotation says (closed_text).
inline constexpr std::string_view kClosedKey = "io.sysctl-guard.closed";

// Said of a container that no edit of ours has seen.
inline constexpr const char* kNobodyOpened =
    "neither Podman's precreate stage nor sysctl-guard-runtime has opened it";

// What that annotation says among `annotations`, as a clause; empty where there is none, or an
// empty one.
[[nodiscard]] std::string closed_text(const std::map<std::string, std::string>& annotations);

// Whether /proc/sys itself is among the read-only paths, in any spelling with the same components:
// what an edit takes out.
[[nodiscard]] bool is_closed(const Config& config);

// Whether nothing at, below or above /proc/sys is among them.
[[nodiscard]] bool is_open_throughout(const Config& config);

// Whether sysctl-guard opened the container that this document creates, or in doubt: the mark is
// there, or our hook at createContainer.
[[nodiscard]] bool is_opened_by_us(const Config& config);

// The first entry that guards and runs a program of our hook's name, wherever that is; null where
// there is none. It shows that a guard is wanted, and with which arguments; whether the program is
// ours, only its path can tell.
[[nodiscard]] const HookEntry* find_named_hook(const Config& config);

// Is it our hook? By argv[0] or by the name of the program.
[[nodiscard]] bool is_our_hook(const HookEntry& entry);

// Our hook at createContainer, wherever its binary is and whatever that is called; null where there
// is none.
[[nodiscard]] const HookEntry* find_opening_hook(const Config& config);

// Whether the document guards by the program at `hook_path`: at prestart or createRuntime, and not
// only for its help.
[[nodiscard]] bool runs_hook(const Config& config, std::string_view hook_path);

// What to make of a config.json.
struct CreateEdit {
  std::string hook_path;               // absolute, without symbolic links
  std::vector<std::string> hook_args;  // argv[1] and on, of the stage that guards
  std::optional<std::vector<std::string>> open =
      std::nullopt;            // the paths to open; nothing: it stays as it is
  bool lock = true;            // by our hook at createContainer; false only for who is apart
  bool note_was_open = false;  // put kWasOpenKey in
  std::string against = "";    // what kClosedKey says; empty: nothing
  std::string_view apparmor_profile = "";  // in place of the one that is there; empty: that one
};

// `text`, of which `config` was parsed, with the hook last in `hooks.createRuntime` unless it runs
// already (and `hooks` behind ociVersion where there were none). To open, also `/proc/sys` (spelled
// `/proc/sys/`, `//proc/./sys` as well) out of `linux.readonlyPaths`, the mark and, to lock, the
// hook last in `hooks.createContainer` or, where it is there, with the new paths in its place; not
// to lock, kLastPid in the place of `/proc/sys`. All other bytes are kept; entries below
// (`/proc/sys/kernel`) and above (`/proc`) are the engine's and stay. The edit of an edited
// document changes nothing. Errors: kBadInput, as of base/json_edit.h.
[[nodiscard]] Result<std::string> edit_for_create(std::string_view text, const CreateConfig& config,
                                                  const CreateEdit& edit);

}  // namespace sg::oci
