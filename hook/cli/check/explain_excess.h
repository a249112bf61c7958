// SPDX-License-Identifier: Apache-2.0
// explain_excess.h - a rule beyond the limit whose name no kernel has, or whose value the kernel
// refuses: two findings into one; and what the limit can permit.
#pragma once

#include <vector>

#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::cli {

// The findings, in which a rule that no kernel has a sysctl for, or whose value the sysctl cannot
// take, is beyond the limit for that reason, with what to write in its place: to widen the limit
// would help nobody. The finding about the name or the value, which would say it again, is left
// out. Of other rules the hint to permit it proposes what lowers no number, and nothing that does
// the host harm.
[[nodiscard]] Diagnostics explain_excess(const Diagnostics& findings,
                                         const std::vector<policy::Rule>& rules);

}  // namespace sg::cli
