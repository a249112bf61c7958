// SPDX-License-Identifier: Apache-2.0
// unlikely_values.h - values in rules that their sysctl cannot take, and what was meant.
//
// Warnings alone: what a value is made of is not known of every sysctl. For the commands.
#pragma once

#include <span>

#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::policy {

// Adds a warning for each rule with a value that is no number where numbers are taken ("true",
// "0-2", "1k"), of another count of numbers, a range where the kernel takes a list, two rules in
// one value, "==".
void warn_unlikely_values(std::span<const Rule> rules, Diagnostics& findings);

}  // namespace sg::policy
