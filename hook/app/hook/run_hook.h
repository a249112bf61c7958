// SPDX-License-Identifier: Apache-2.0
// run_hook.h - the life of one container as the hook sees it: state in, guard attached.
#pragma once

#include <string>
#include <vector>

#include "app/hook_options.h"
#include "base/result.h"
#include "oci/state.h"

namespace sg::app {

// Guards the container of `state`, or fails and changes nothing. A stopped container needs nothing.
// `notes` are for the system log: what was cut where the node's limit cuts, what that limit permits
// and should not, and why there are no events.
[[nodiscard]] Status guard_container(const oci::State& state, const HookOptions& options,
                                     std::vector<std::string>& notes);

}  // namespace sg::app
