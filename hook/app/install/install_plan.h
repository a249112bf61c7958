// SPDX-License-Identifier: Apache-2.0
// install_plan.h - what makes an engine run the hook, and what undoes it, as a plan of files.
#pragma once

#include <string>

#include "app/check/node_policy_summary.h"
#include "app/install/engine_config.h"
#include "app/install/file_plan.h"
#include "app/install/hook_path.h"
#include "host/root_dir.h"
#include "base/result.h"

namespace sg::app {

struct InstallRequest {
  Engine engine = Engine::kPodman;
  InstalledPrograms programs;
  NodePolicySummary policy;
  bool all_containers = false;
};

// Said where an installation is for all containers and is made again without asking for that: it is not narrowed.
inline constexpr const char* kStaysForAll =
    "it guards all containers, as it did before; to guard those with annotations alone, run "
    "--uninstall first";

// The files of an installation, in the order in which they must be written: what makes an engine start the
// hook comes last. `base_spec` is what `ctr oci spec` printed, for containerd. Errors: kSystem and
// kBadInput where a file of the engine cannot be read or understood.
[[nodiscard]] Result<FilePlan> plan_install(const host::RootDir& root, const InstallRequest& request,
                                            const std::string& base_spec);

// The same files as they were before, in the opposite order.
[[nodiscard]] Result<FilePlan> plan_uninstall(const host::RootDir& root, Engine engine);

}  // namespace sg::app
