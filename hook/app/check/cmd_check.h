// SPDX-License-Identifier: Apache-2.0
// cmd_check.h - the parts of `check`: what it asks (input), and the answer (report).
//
// Only read_check_input touches the system. The answer comes from the bytes of the compiled table,
// by the guard's own steps.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/check/check_report.h"
#include "base/result.h"
#include "cli/check/check_command.h"
#include "compile/meta.h"
#include "oci/bundle.h"
#include "policy/policy.h"

namespace sg::app {

// Everything the answer depends on.
struct CheckInput {
  std::map<std::string, std::string> annotations;
  std::map<std::string, std::string> sysctl;  // linux.sysctl
  policy::NamespaceSet private_namespaces;
  // What is known of the container's /proc/sys, by the bundle. Nothing without one: an audit of the node then depends on it.
  std::optional<compile::ProcSys> proc_sys = {};
  std::string node_policy_file;            // its path, for messages
  std::optional<std::string> node_policy;  // its text; nothing: the defaults
  std::vector<RequestedAccess> accesses;
};

// The namespaces a container has to itself where nothing else is known: what engines give it.
inline constexpr policy::NamespaceSet kDefaultNamespaces{
    .net = true, .ipc = true, .uts = true, .user = false};

// The options, the node policy, and the bundle's config.json where there is one. An annotation of the
// options replaces that of the bundle with the same key. Errors: those of oci::read_config and
// read_node_policy, the latter with the code kNodePolicy.
[[nodiscard]] Result<CheckInput> read_check_input(const CheckOptions& options);

// Annotations to policy to table to verdicts; no verdicts where a finding is an error.
[[nodiscard]] CheckReport run_check(const CheckInput& input);

// kExitDone: every access is allowed; kExitFailed: at least one is denied; kExitUsage: the policy is invalid.
[[nodiscard]] int check_exit_code(const CheckReport& report) noexcept;

[[nodiscard]] Outcome cmd_check(const CheckOptions& options);

}  // namespace sg::app
