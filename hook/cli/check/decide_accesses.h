// SPDX-License-Identifier: Apache-2.0
// decide_accesses.h - the accesses of a check's input, each with its verdict.
#pragma once

#include "cli/check/check_report.h"
#include "cli/check/cmd_check.h"
#include "request/make_policy.h"

namespace sg::cli {

// Adds the verdicts to the report, in the order of the input; and a warning for each glob of which
// some name is not allowed, for each value that the kernel refuses, for each write whose verdict depends on a number that is not known, and
// for each --current that nothing asks for. `made` has a table.
void decide_accesses(const CheckInput& input, const request::MadePolicy& made, CheckReport& report);

}  // namespace sg::cli
