// SPDX-License-Identifier: Apache-2.0
// explain_excess.h - what is found about a rule whose name no kernel has, or whose value the kernel
// refuses: said once; and what the limit can permit.
#pragma once

#include <vector>

#include "base/diagnostic.h"
#include "cli/check/cmd_check.h"
#include "policy/policy.h"

namespace sg::cli {

// `findings`, then `mistakes`, those about the names of `rules` and then those about their values. A
// rule that no kernel has a sysctl for, or whose value the sysctl cannot take, is beyond the limit for
// that reason; the name is not where the limit permits it with other values. What to write stands
// there, and to widen the limit would help nobody. The mistake, which would say it again, is left out.
// Of other rules the hint to permit it proposes what lowers no number, says where that grants nothing
// (held_number.h), and proposes nothing that does the host harm. Of a pair of linux.sysctl there is
// none in `rules`: it can ask for no other value.
[[nodiscard]] Diagnostics explain_excess(const Diagnostics& findings, const Diagnostics& mistakes,
                                         const std::vector<policy::Rule>& rules,
                                         const CheckInput& input);

// `findings` without the warnings of what a rule does whose name no kernel has, as it does nothing.
[[nodiscard]] Diagnostics without_unknown(const Diagnostics& findings, const Diagnostics& mistakes,
                                          const std::vector<policy::Rule>& rules);

}  // namespace sg::cli
