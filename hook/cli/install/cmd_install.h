// SPDX-License-Identifier: Apache-2.0
// cmd_install.h - `sysctl-guard install`: what its command line asks.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "engines/engine.h"
#include "request/node_policy_load.h"

namespace sg::cli {

struct InstallOptions {
  const engines::Engine* engine = nullptr;  // one of the table; null with `list` alone
  bool list = false;
  bool dry_run = false;
  bool uninstall = false;
  bool all_containers = false;
  std::optional<std::string> hook;
  std::optional<std::string> base_spec;  // a file of this system
  std::string root = "/";
  std::string policy = request::kNodePolicyFile;
};

// Errors: wrong values.
[[nodiscard]] Result<InstallOptions> read_install_options(const Arguments& arguments);

[[nodiscard]] Outcome cmd_install(const InstallOptions& options);

}  // namespace sg::cli
