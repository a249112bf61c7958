// SPDX-License-Identifier: Apache-2.0
// check.h - one thing that `doctor` looks at, and what it finds.
#pragma once

#include <string>

namespace sg::engines {

enum class CheckStatus {
  kOk,
  kWarning,  // containers are guarded, but something may not work, such as an allowed write
  kFailed,   // a guarded container would not work, or not be guarded
  kUnknown,  // could not be found out
};

struct Check {
  std::string id;  // stable, for scripts: "kernel", "cgroup", "hook:podman"
  CheckStatus status = CheckStatus::kOk;
  std::string summary;  // what was found, one clause
  std::string remedy;   // what to do about it; empty if there is nothing to do
};

}  // namespace sg::engines
