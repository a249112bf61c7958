// SPDX-License-Identifier: Apache-2.0
// cmd_check.h - `sysctl-guard check`: what a policy allows, without a container.
//
// Only read_check_input and add_lines_of touch the system, and run_check where a verdict, a warning
// or a hint depends on what a sysctl of the running kernel holds. The answer comes from the bytes
// of the compiled table, by the guard's own steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "advice/unlikely_names.h"
#include "base/result.h"
#include "cli/check/check_options.h"
#include "cli/check/check_report.h"
#include "cli/check/other_release.h"
#include "cli/command.h"
#include "compile/meta.h"
#include "host/kernel_release.h"
#include "host/sysctl_tree.h"
#include "request/node_policy_load.h"
#include "sysctl/namespace_of.h"

namespace sg::cli {

// Everything the answer depends on.
struct CheckInput {
  compile::Origin origin = {};       // of which node_policy is not read
  std::set<std::string> given = {};  // keys of its annotations that stand on the command line
  bool has_bundle = false;           // without one nothing is known of the container's /proc/sys
  request::NodePolicyChoice node_policy = {};
  std::vector<RequestedAccess> accesses = {};
  std::uint64_t position = 0;
  std::string file_source = {};  // of findings about the file, and its text
  std::string file_text = {};
  advice::NamesHere names_here = {};
  std::map<std::string, std::string> current = {};   // as in the options
  std::optional<host::SysctlTree> kernel_here = {};  // nothing: the container is on another node
  std::optional<TestedKernel> tested_kernel = {};    // of another node
  Diagnostics findings = {};
};

// The options, and the bundle's config.json where there is one. An annotation of the options
// replaces that of the bundle with the same key. The file is not read. Errors: those of
// oci::read_config.
[[nodiscard]] Result<CheckInput> read_check_input(const CheckOptions& options);

// The lines of `file` (sysctl_file.h, "-" for standard input), in front of the other accesses.
// Errors: it cannot be read, or is too long.
[[nodiscard]] Status add_lines_of(const std::string& file, CheckInput& input);

// The origin and its node policy to a policy, its table and verdicts; no verdicts where a finding
// is an error.
[[nodiscard]] CheckReport run_check(const CheckInput& input);

// By what the help says of the codes.
[[nodiscard]] int check_exit_code(const CheckReport& report);

[[nodiscard]] Outcome cmd_check(const CheckOptions& options);

}  // namespace sg::cli
