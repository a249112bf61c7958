// SPDX-License-Identifier: Apache-2.0
// containerd_files.h - config.toml together with the files that it imports.
#pragma once

#include <string>

#include "app/install/containerd_config.h"
#include "host/root_dir.h"
#include "base/result.h"

namespace sg::app {

// What read_containerd_config() says about `text`, config.toml without our handler, with what its imports, but for
// our drop-in, say over it: SystemdCgroup, default_runtime_name, a runtime of our name. `sets_cri` is true where an
// import sets something of the CRI plugin. Errors, kBadInput and kSystem: one of the files cannot be read or
// understood.
[[nodiscard]] Result<ContainerdConfig> load_containerd_config(const host::RootDir& root,
                                                              const std::string& text);

}  // namespace sg::app
