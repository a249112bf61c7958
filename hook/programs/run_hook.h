// SPDX-License-Identifier: Apache-2.0
// run_hook.h - the life of one container as the hook sees it: state in, guard attached, what is
// granted opened.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "oci/state.h"
#include "request/hook_options.h"

namespace sg::programs {

// Guards the container of `state`, or fails and changes nothing. A stopped container needs nothing.
// `notes` are for the system log: what was cut where the node's limit cuts, what that limit permits
// and should not, what stays read-only, and why there are no events.
[[nodiscard]] Status guard_container(const oci::State& state, const request::HookOptions& options,
                                     std::vector<std::string>& notes);

// The createContainer stage: makes /proc/sys of the container read-only but for `paths`, in the
// forms of host/lock_proc_sys.h. Resolves no pid: it is the container's, in a view that is not
// ours. Errors: those of lock_proc_sys(), and kUsage at another stage.
[[nodiscard]] Status open_container(const oci::State& state, std::span<const std::string> paths);

}  // namespace sg::programs
