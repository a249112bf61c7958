// SPDX-License-Identifier: Apache-2.0
// read_guards.h - every guard on this host, with its counters.
#pragma once

#include <vector>

#include "app/guards/guard_view.h"
#include "base/result.h"

namespace sg::app {

// In the order of their cgroups' paths. A guard whose container ends meanwhile is none. Errors: those of
// kernel::list_guards.
[[nodiscard]] Result<std::vector<GuardView>> read_guards();

}  // namespace sg::app
