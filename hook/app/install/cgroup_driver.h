// SPDX-License-Identifier: Apache-2.0
// cgroup_driver.h - who makes an engine's cgroups, systemd or the engine itself, where that can be known.
#pragma once

#include <optional>
#include <string>

#include "app/doctor/doctor_report.h"
#include "app/install/engine_config.h"
#include "host/root_dir.h"

namespace sg::app {

// What an engine does that is not told: depends on the host.
struct HostDefaults {
  bool has_systemd = false;  // it is the first process
  bool is_unified = false;   // cgroup version 2 alone
};

// What this system is. Nothing for another root: nobody knows where it will run.
[[nodiscard]] std::optional<HostDefaults> host_defaults(const host::RootDir& root);

// "cgroup-driver:NAME", always well: the hook finds the cgroups of both. Nothing where the configuration says nothing
// and there are no defaults, or where it cannot be read.
[[nodiscard]] std::optional<Check> check_cgroup_driver(const host::RootDir& root, Engine engine,
                                                       const std::string& name,
                                                       const std::optional<HostDefaults>& host);

}  // namespace sg::app
