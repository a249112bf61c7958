// SPDX-License-Identifier: Apache-2.0
// cmd_update.h - `sysctl-guard update`: what its command line asks.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/command.h"

namespace sg::cli {

struct UpdateOptions {
  std::string container;
  std::map<std::string, std::string>
      lists;  // by key: "allow", "deny", "deny-read", "mode", "refuse"
  std::optional<std::string> from_annotations;  // a file, "-" for standard input
  std::optional<std::string> node_policy;
  bool dry_run = false;
  bool json = false;
};

// Errors: wrong values.
[[nodiscard]] Result<UpdateOptions> read_update_options(const Arguments& arguments);

[[nodiscard]] Outcome cmd_update(const UpdateOptions& options);

}  // namespace sg::cli
