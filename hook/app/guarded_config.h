// SPDX-License-Identifier: Apache-2.0
// guarded_config.h - a config.json into the one its container is created from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/create_config.h"

namespace sg::app {

struct GuardedConfig {
  std::string text;  // equal to what came in where there was nothing to change
  std::string note;  // for the system log: why /proc/sys stays read-only although it was asked for; or empty
};

// Adds the hook, and opens /proc/sys where the container asks to write and nothing is against it: both in
// the one text, see oci/open_proc_sys.h. A request with a mistake gets the hook alone, which then refuses the
// container with a line that says what to write. `create` was parsed from `text`; `hook_args` are argv[1] and on.
// Errors: kBadInput, as of oci/open_proc_sys.h.
[[nodiscard]] Result<GuardedConfig> make_guarded(std::string_view text,
                                                 const oci::CreateConfig& create,
                                                 const std::string& hook_path,
                                                 const std::vector<std::string>& hook_args);

}  // namespace sg::app
