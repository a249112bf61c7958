// SPDX-License-Identifier: Apache-2.0
// read_guards.h - every guard on this host, and every cgroup.
#pragma once

#include <vector>

#include "base/result.h"
#include "guard/find_guard.h"
#include "guard/guard_view.h"

namespace sg::guard {

// In the order of their cgroups' paths. A guard whose container ends meanwhile is none. Errors:
// those of kernel::list_guards.
[[nodiscard]] Result<std::vector<GuardView>> read_guards();

// Into each guard what its engine's files call its container.
void put_engine_names(std::vector<GuardView>& views);

// The same without counters, and all cgroups: to find one container. Errors: those of
// kernel::list_guards and kernel::list_cgroups.
[[nodiscard]] Result<Containers> read_containers();

}  // namespace sg::guard
