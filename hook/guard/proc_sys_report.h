// SPDX-License-Identifier: Apache-2.0
// proc_sys_report.h - what of /proc/sys is still shut in a container, whatever its policy permits,
// and why.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json_write.h"
#include "compile/meta.h"
#include "host/proc_sys_view.h"

namespace sg::guard {

// Nothing where no process of the container could be looked at.
using SeenProcSys = std::optional<host::ProcSysView>;

// Whether the container can write nothing of what its policy permits: it permits something, and all
// of /proc/sys is read-only there.
[[nodiscard]] bool is_shut(const compile::Meta& meta, const SeenProcSys& proc_sys);

// Whether something asked to open it: a rule, an annotation that chose audit mode.
[[nodiscard]] bool asks_to_open(const compile::Meta& meta);

// What opens the most for one that did not ask.
inline constexpr std::string_view kHowToOpen =
    "io.sysctl-guard.mode=audit, which opens what the node's limit permits, if \"annotationModes\" "
    "in the node policy names audit";

// Why it is read-only, a clause: what was said when the container was created, or that nobody
// opened it.
[[nodiscard]] std::string why_shut(const compile::Meta& meta);

// "writable", "read-only but for net/ipv4/ip_forward", or "read-only: " and why.
[[nodiscard]] std::string proc_sys_text(const compile::Meta& meta, const SeenProcSys& proc_sys);

// What of the container cannot be learned, as it leaves no event; empty where all of it is
// writable, or nothing is known.
[[nodiscard]] std::string unlearnable_text(const compile::Meta& meta, const SeenProcSys& proc_sys);

// The object "procSys" of `list --json` and `show --json`.
[[nodiscard]] Json proc_sys_json(const compile::Meta& meta, const SeenProcSys& proc_sys);

}  // namespace sg::guard
