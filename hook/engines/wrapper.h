// SPDX-License-Identifier: Apache-2.0
// wrapper.h - what sysctl-guard-runtime needs where an engine runs it: a hook, settings, a real
// runtime.
#pragma once

#include <string>
#include <vector>

#include "engines/engine.h"
#include "host/runtime_settings.h"

namespace sg::engines {

// The wrapper's settings in the files of `root`. Errors: they cannot be read or understood.
[[nodiscard]] Result<host::RuntimeSettings> runtime_settings_of(const host::RootDir& root);

// What is wrong with the wrapper at `path`, which `file` of the engine names; nothing where all is
// well.
[[nodiscard]] std::vector<Check> check_wrapper(const host::RootDir& root, const Engine& engine,
                                               const std::string& path, const std::string& file);

}  // namespace sg::engines
