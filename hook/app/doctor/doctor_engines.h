// SPDX-License-Identifier: Apache-2.0
// doctor_engines.h - engines and runtimes that are there, and whether they run the hook.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/doctor/doctor_report.h"
#include "host/root_dir.h"

namespace sg::app {

// The first version number in what a program prints: "podman version 4.3.1" is {4, 3, 1}. Missing parts
// are 0; nothing where there is none.
struct Version {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;

  auto operator<=>(const Version&) const = default;
};
[[nodiscard]] std::optional<Version> parse_version_number(std::string_view text);

// The program of that name below the root, and its version: asked of a program of this system only.
struct FoundProgram {
  std::string path;
  std::optional<Version> version;
};
[[nodiscard]] std::optional<FoundProgram> look_for(const host::RootDir& root, const std::string& name);

// The names of the engines that are there: "podman", "cri-o", "docker", "containerd".
[[nodiscard]] std::vector<std::string> engines_of(const host::RootDir& root);

// One check for an engine or runtime that is there, with what its version lacks.
[[nodiscard]] Check check_version(const std::string& name, const FoundProgram& found);

// Engines, runtimes, and the registration of the hook for each engine that is there; whether any engine runs
// the hook comes last.
[[nodiscard]] std::vector<Check> check_engines(const host::RootDir& root);

}  // namespace sg::app
