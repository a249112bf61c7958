// SPDX-License-Identifier: Apache-2.0
// hook_options.h - the arguments of the hook, which engines register once for all stages.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace sg::app {

// The hook's own arguments.
struct HookOptions {
  std::string node_policy_file;  // empty: the installed one, where there is one
  std::string profile;           // empty: the one that an annotation names
};

// The arguments behind the program's name: `--policy FILE` and `--profile NAME`, each at most once, with a
// blank or a '=' in front of the value. Errors: kUsage.
[[nodiscard]] Result<HookOptions> parse_hook_options(std::span<const std::string> arguments);

}  // namespace sg::app
