// SPDX-License-Identifier: Apache-2.0
// value_fit.h - whether the values of a rule are some that its sysctl can hold, as far as that must
// be known: a rule that says one thing and permits another is refused.
#pragma once

#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "policy/policy.h"
#include "policy/rule_text.h"
#include "sysctl/catalogue.h"

namespace sg::policy {

// False, with a finding, where a number stands for a mask, a number is beyond what the sysctl is
// known to hold, or "@current" is for one that does not hold one number. `shown` are the values as
// they were written, at `place`; `width` is the sysctl's (sysctl::width_of). A pattern (slash form)
// that covers masks among others is a warning.
[[nodiscard]] bool values_fit(std::string_view pattern, sysctl::Width width,
                              const std::vector<Value>& values, std::string_view shown,
                              const TextPlace& place, Diagnostics& findings);

// The sysctls (slash form; "*" for an interface and the like) that hold larger numbers than an int
// does and that a pattern with "*" covers, among others or not.
[[nodiscard]] std::vector<std::string_view> wide_names_under(std::string_view pattern);

}  // namespace sg::policy
