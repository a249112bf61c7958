// SPDX-License-Identifier: Apache-2.0
// plan_hooks_d.h - the hooks.d file of Podman and CRI-O, which may share a directory.
#pragma once

#include "app/install/engine_config.h"
#include "app/install/file_plan.h"
#include "app/install/install_plan.h"
#include "host/root_dir.h"
#include "base/result.h"

namespace sg::app {

// Adds the file to the plan. Errors: as plan_install(); and where a file of that name starts something else.
[[nodiscard]] Status plan_hooks_d(const host::RootDir& root, const InstallRequest& request,
                                  FilePlan& plan);

// Adds that it goes, from every directory where it may be, but for one that the other engine alone reads.
[[nodiscard]] Status unplan_hooks_d(const host::RootDir& root, Engine engine, FilePlan& plan);

}  // namespace sg::app
