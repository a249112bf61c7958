// SPDX-License-Identifier: Apache-2.0
// explain_excess.h - what is found about a rule whose name no kernel has: said once.
#pragma once

#include <vector>

#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::cli {

// `findings`, then `names`, those about the names of `rules`. A rule that no kernel has a sysctl for
// is beyond the limit for that reason, unless the limit permits the name with other values; what to
// write stands there, and to widen the limit would help nobody. The finding about the name, which
// would say it again, is left out.
[[nodiscard]] Diagnostics explain_excess(const Diagnostics& findings, const Diagnostics& names,
                                         const std::vector<policy::Rule>& rules);

// `findings` without the warnings of what such a rule does, as it does nothing.
[[nodiscard]] Diagnostics without_unknown(const Diagnostics& findings, const Diagnostics& names,
                                          const std::vector<policy::Rule>& rules);

}  // namespace sg::cli
