// SPDX-License-Identifier: Apache-2.0
// doctor_hooks.h - does an engine without hooks.d run the hook: Docker by a runtime, containerd by a handler.
#pragma once

#include <vector>

#include "app/doctor/doctor_report.h"
#include "host/root_dir.h"

namespace sg::app {

// The runtime in daemon.json and all that it needs: the hook beside it, its settings, the real runtime; and the
// CDI specification where it is there. One check that is well where nothing is wrong.
[[nodiscard]] std::vector<Check> check_docker(const host::RootDir& root);

// The handler in config.toml or its drop-in, its base spec with the hook, and the CDI specification.
[[nodiscard]] std::vector<Check> check_containerd(const host::RootDir& root);

}  // namespace sg::app
