// SPDX-License-Identifier: Apache-2.0
// engine_config.h - where Podman and CRI-O look for hooks, as their own configuration says.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/root_dir.h"
#include "base/result.h"

namespace sg::app {

enum class Engine { kPodman, kCrio, kDocker, kContainerd };

// The directories in which the engine looks for hooks, in its order: those of its configuration, else the
// default one. Errors: kSystem and kBadInput where a file of it cannot be read or understood, since the engine might
// then look elsewhere.
[[nodiscard]] Result<std::vector<std::string>> hooks_directories(const host::RootDir& root,
                                                                 Engine engine);

// A setting of text in Podman's [engine] or CRI-O's [crio.runtime]; nothing where no file has it. Errors as above.
[[nodiscard]] Result<std::optional<std::string>> last_setting(const host::RootDir& root, Engine engine,
                                                              const std::string& key);

// The one of `directories` to put a file into: the last that has one of that name, which hides those before; else
// the default one if it is among them, else the last. Errors, kUnsupported: the engine is told to look
// nowhere.
[[nodiscard]] Result<std::string> hooks_directory(const host::RootDir& root, Engine engine,
                                                  std::span<const std::string> directories);

// Every directory that may hold a file of ours: those that any file of either engine names, also where another
// file has the last word, and the usual ones. Each once. Errors: those of hooks_directories.
[[nodiscard]] Result<std::vector<std::string>> known_directories(const host::RootDir& root);

// Is `directory` one of `directories`, by whatever path?
[[nodiscard]] bool is_among(const host::RootDir& root, const std::string& directory,
                            std::span<const std::string> directories);

// Is CRI-O there?
[[nodiscard]] bool has_crio(const host::RootDir& root);

}  // namespace sg::app
