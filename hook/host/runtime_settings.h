// SPDX-License-Identifier: Apache-2.0
// runtime_settings.h - /etc/sysctl-guard/runtime.json: which runtime the wrapper starts, and for
// whom.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sg::host {

inline constexpr const char* kRuntimeSettingsFile = "/etc/sysctl-guard/runtime.json";
// The most bytes of it: seven short members.
inline constexpr std::size_t kRuntimeSettingsMax = std::size_t{64} << 10;

struct RuntimeSettings {
  std::string runtime;                 // absolute path; empty: runc or crun, whichever is found
  bool all_containers = false;         // also those without an annotation of ours
  bool sets_all_containers = false;    // the file says whether
  bool is_made_by_install = false;     // `install --all-containers` said so, and takes it back
  bool is_runtime_by_install = false;  // the same of `runtime`
  bool sets_apparmor_profile = false;  // whom it opens /proc/sys for gets a profile of ours
  std::string docker_default;          // Docker's default runtime before `install` made it ours
};

// {"version": 1, "runtime": "/usr/bin/crun", "allContainers": true, "apparmor": true}, the last
// three optional; and the texts "allContainersBy", "runtimeBy" and "dockerDefault", which `install` adds. Errors,
// kNodePolicy: anything else.
[[nodiscard]] Result<RuntimeSettings> parse_runtime_settings(std::string_view text);

// The defaults where there is no such file. Errors, kNodePolicy: it cannot be read, others than
// root can change it or a directory on the way to it, or it is invalid.
[[nodiscard]] Result<RuntimeSettings> read_runtime_settings(
    const char* file = kRuntimeSettingsFile);

}  // namespace sg::host
