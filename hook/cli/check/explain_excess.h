// SPDX-License-Identifier: Apache-2.0
// explain_excess.h - a rule beyond the limit whose name no kernel has: two findings into one.
#pragma once

#include <vector>

#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::cli {

// The findings, in which a rule that no kernel has a sysctl for is beyond the limit for that reason,
// with what to write in its place: to widen the limit would help nobody. The finding about the
// name, which would say it again, is left out.
[[nodiscard]] Diagnostics explain_excess(const Diagnostics& findings,
                                         const std::vector<policy::Rule>& rules);

}  // namespace sg::cli
