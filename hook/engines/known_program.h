// SPDX-License-Identifier: Apache-2.0
// known_program.h - programs that `doctor` looks for, their versions, and what those lack.
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engines/check.h"
#include "host/root_dir.h"

namespace sg::engines {

struct Version {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;

  auto operator<=>(const Version&) const = default;
};

// What versions before `before` lack that a user of ours will miss.
struct VersionTrap {
  Version before;
  std::string_view text;
  std::string_view remedy;
};

struct KnownProgram {
  std::string_view name;     // of the check
  std::string_view program;  // the file that is looked for
  std::span<const VersionTrap> traps = {};
};

// The first version number in what a program prints: "podman version 4.3.1" is {4, 3, 1}. Missing
// parts are 0; nothing if there is none.
[[nodiscard]] std::optional<Version> parse_version_number(std::string_view text);

// Where the program is, as the system below the root sees it; nothing if it is not there.
[[nodiscard]] std::optional<std::string> path_of(const host::RootDir& root,
                                                 const KnownProgram& known);

// The check "program:NAME" of a program that is there, with what its version lacks. A program is
// asked for its version on this system only. Nothing if it is not there.
[[nodiscard]] std::optional<Check> check_program(const host::RootDir& root,
                                                 const KnownProgram& known);

// The same for a program of that path and version; nothing: the version is unknown.
[[nodiscard]] Check check_version(const KnownProgram& known, const std::string& path,
                                  const std::optional<Version>& version);

}  // namespace sg::engines
