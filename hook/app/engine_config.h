// SPDX-License-Identifier: Apache-2.0
// engine_config.h - where Podman and CRI-O look for hooks, as their own configuration says.
#pragma once

#include <string>
#include <vector>

#include "app/root_dir.h"
#include "base/result.h"

namespace sg::app {

enum class Engine { kPodman, kCrio, kDocker, kContainerd };

// The directories in which the engine looks for hooks, in its order: those of its configuration, else the
// default one. Of a file that cannot be understood nothing is taken.
[[nodiscard]] std::vector<std::string> hooks_directories(const RootDir& root, Engine engine);

// The one of them to put a file into: the default one if it is among them, else the last. Errors,
// kUnsupported: the engine is told to look nowhere.
[[nodiscard]] Result<std::string> hooks_directory(const RootDir& root, Engine engine);

// Is CRI-O there?
[[nodiscard]] bool has_crio(const RootDir& root);

}  // namespace sg::app
