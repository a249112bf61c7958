// SPDX-License-Identifier: Apache-2.0
// hook_options.h - the arguments of the hook: those that engines register, and those of the
// createContainer stage.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace sg::request {

// The hook's own arguments.
struct HookOptions {
  std::string node_policy_file;  // empty: the installed one, where there is one
  std::string profile;           // empty: the one that an annotation names
  // Of the createContainer stage: what to open (host/lock_proc_sys.h).
  std::optional<std::vector<std::string>> open;

  bool operator==(const HookOptions&) const = default;
};

// The arguments behind the program's name: `--policy FILE` and `--profile NAME`, each at most once,
// with a blank or a '=' in front of the value; or `--open`, behind which every argument is a path.
// Errors: kUsage.
[[nodiscard]] Result<HookOptions> parse_hook_options(std::span<const std::string> arguments);

}  // namespace sg::request
