// SPDX-License-Identifier: Apache-2.0
// plan_cdi.h - the CDI specification, which Docker and containerd share.
#pragma once

#include "app/install/engine_config.h"
#include "app/install/file_plan.h"
#include "app/install/install_plan.h"
#include "host/root_dir.h"
#include "base/result.h"

namespace sg::app {

// Adds the specification to the plan. Errors: a file of that name is there, and another kind's.
[[nodiscard]] Status plan_cdi(const host::RootDir& root, const InstallRequest& request, FilePlan& plan);

// Adds that it goes, unless the other one of the two engines is still installed with it.
[[nodiscard]] Status unplan_cdi(const host::RootDir& root, Engine engine, FilePlan& plan);

}  // namespace sg::app
