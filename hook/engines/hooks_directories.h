// SPDX-License-Identifier: Apache-2.0
// hooks_directories.h - where engines look for hooks.d files, as their own configuration says.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/root_dir.h"

namespace sg::engines {

struct Engine;

// Where both engines look unless they are told otherwise, for root and rootless alike.
inline constexpr const char* kHooksDDefault = "/usr/share/containers/oci/hooks.d";
// Files run in the order of their names. Late, so that the precreate stage sees what others have
// changed.
inline constexpr const char* kHooksDFile = "90-sysctl-guard.json";

// How an engine with hooks.d is configured.
struct HooksD {
  std::string_view title;  // in sentences: "CRI-O"
  // Its configuration in the order in which it is read, a later file over an earlier one; a
  // directory ends with a slash, and its files "*.conf" are read.
  std::span<const std::string_view> files;
  std::span<const std::string_view> setting;  // the keys that lead to hooks_dir
  std::span<const std::string_view> traces;   // each of them says that the engine is there
  bool refuses_precreate = false;             // it starts no container by a file with that stage
};

// The directories in which the engine looks for hooks, in its order: those of its configuration,
// else the default one. Errors: kSystem and kBadInput if a file of it cannot be read or understood,
// since the engine might then look elsewhere.
[[nodiscard]] Result<std::vector<std::string>> hooks_directories(const host::RootDir& root,
                                                                 const HooksD& hooks_d);

// The one of these to put a file into: the last that has one of that name, which hides those
// before; else the default one if it is among them, else the last. Errors: as above, and
// kUnsupported if the engine is told to look nowhere; of RootDir::locate() for that directory.
[[nodiscard]] Result<std::string> hooks_directory(const host::RootDir& root, const HooksD& hooks_d);

// Every directory that may hold a file of ours: those that any file of any engine names, even if
// another file has the last word, and the usual ones. Each once. Errors: those of
// hooks_directories.
[[nodiscard]] Result<std::vector<std::string>> known_directories(const host::RootDir& root);

// Is `directory` one of `directories`, by whatever path?
[[nodiscard]] bool is_among(const host::RootDir& root, const std::string& directory,
                            std::span<const std::string> directories);

// The engines but for `without` that are there and read hooks.d files in the directory. Errors as
// above.
[[nodiscard]] Result<std::vector<const Engine*>> readers_of(const host::RootDir& root,
                                                            const std::string& directory,
                                                            const Engine& without);

}  // namespace sg::engines
