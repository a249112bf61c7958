// SPDX-License-Identifier: Apache-2.0
// cmd_check.h - the parts of `check`: what it asks (input), and the answer (report).
//
// Only read_check_input touches the system. The answer comes from the bytes of the compiled table,
// by the guard's own steps.
#pragma once

#include <vector>

#include "base/result.h"
#include "cli/check/check_command.h"
#include "cli/check/check_report.h"
#include "compile/meta.h"
#include "request/node_policy_load.h"

namespace sg::cli {

// Everything the answer depends on.
struct CheckInput {
  compile::Origin origin = {};  // of which node_policy is not read
  bool has_bundle = false;      // without one nothing is known of the container's /proc/sys
  request::NodePolicyChoice node_policy = {};
  std::vector<RequestedAccess> accesses = {};
};

// The options, and the bundle's config.json where there is one. An annotation of the options
// replaces that of the bundle with the same key. Errors: those of oci::read_config.
[[nodiscard]] Result<CheckInput> read_check_input(const CheckOptions& options);

// The origin and its node policy to a policy, its table and verdicts; no verdicts where a finding
// is an error.
[[nodiscard]] CheckReport run_check(const CheckInput& input);

// kExitDone: every access is allowed; kExitFailed: at least one is denied; kExitUsage: the policy
// is invalid.
[[nodiscard]] int check_exit_code(const CheckReport& report) noexcept;

[[nodiscard]] Outcome cmd_check(const CheckOptions& options);

}  // namespace sg::cli
