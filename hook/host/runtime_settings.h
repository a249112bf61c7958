// SPDX-License-Identifier: Apache-2.0
// runtime_settings.h - /etc/sysctl-guard/runtime.json: which runtime the wrapper starts, and for
// whom.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sg::host {

inline constexpr const char* kRuntimeSettingsFile = "/etc/sysctl-guard/runtime.json";
// The most bytes of it: three short members.
inline constexpr std::size_t kRuntimeSettingsMax = std::size_t{64} << 10;

struct RuntimeSettings {
  std::string runtime;               // absolute path; empty: runc or crun, whichever is found
  bool all_containers = false;       // also those without an annotation of ours
  bool sets_all_containers = false;  // the file says whether
  bool is_made_by_install = false;   // `install --all-containers` said so, and takes it back
};

// {"version": 1, "runtime": "/usr/bin/crun", "allContainers": true}, the last two optional; and the
// text "allContainersBy", which `install` adds. Errors, kNodePolicy: anything else.
[[nodiscard]] Result<RuntimeSettings> parse_runtime_settings(std::string_view text);

// The defaults where there is no such file. Errors, kNodePolicy: it cannot be read, others than
// root can change it or a directory on the way to it, or it is invalid.
[[nodiscard]] Result<RuntimeSettings> read_runtime_settings(
    const char* file = kRuntimeSettingsFile);

}  // namespace sg::host
