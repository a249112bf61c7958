// SPDX-License-Identifier: Apache-2.0
// plan_containerd.h - the runtime handler in containerd's configuration, and its base spec.
#pragma once

#include <string>

#include "app/install/file_plan.h"
#include "app/install/install_plan.h"
#include "host/root_dir.h"
#include "base/result.h"

namespace sg::app {

// Adds the files to the plan; `base_spec` is what `ctr oci spec` printed. Errors: as plan_install(); and where the
// configuration has a runtime of our name, a form to which none can be added, or another default runtime.
[[nodiscard]] Status plan_containerd(const host::RootDir& root, const InstallRequest& request,
                                     const std::string& base_spec, FilePlan& plan);

// Adds that they go. Errors, kUnsupported: a line of somebody else's names the handler as the default one, without
// which containerd would not load its CRI plugin.
[[nodiscard]] Status unplan_containerd(const host::RootDir& root, FilePlan& plan);

}  // namespace sg::app
