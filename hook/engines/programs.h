// SPDX-License-Identifier: Apache-2.0
// programs.h - where the installed hook and the wrapper runtime are; programs of others that
// `doctor` looks for, their versions, and what those lack.
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "host/root_dir.h"

namespace sg::engines {

enum class CheckStatus {
  kOk,
  kWarning,  // containers are guarded, but something may not work, such as an allowed write
  kFailed,   // a guarded container would not work, or not be guarded
  kUnknown,  // could not be found out
};

struct Check {
  std::string id;  // stable, for scripts: "kernel", "cgroup", "hook:podman"
  CheckStatus status = CheckStatus::kOk;
  std::string summary;  // what was found, one clause
  std::string remedy;   // what to do about it; empty if there is nothing to do
};

struct InstalledPrograms {
  std::string hook;     // as the system will see it
  std::string runtime;  // sysctl-guard-runtime, beside the command
};

// Where the programs are: `hook` names the hook, else it is the one installed with the running
// program, that is <prefix>/libexec/oci/hooks.d/ where the program is <prefix>/bin/. A program
// outside of the root stands for none: then the prefix is /usr. `program` is the running program's
// path. Errors, kUsage: a relative `hook`.
[[nodiscard]] Result<InstalledPrograms> installed_programs(const host::RootDir& root,
                                                           const std::optional<std::string>& hook,
                                                           const std::string& program);

// Engines may run it: it is there, a file, executable; on this system also root's alone to change
// (below another root owners are set later). Errors: kSystem and kUnsupported, with what to do.
[[nodiscard]] Status require_program(const host::RootDir& root, const std::string& path,
                                     const std::string& what);

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
