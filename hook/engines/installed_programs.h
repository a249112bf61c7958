// SPDX-License-Identifier: Apache-2.0
// installed_programs.h - where the installed hook and the wrapper runtime are.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "host/root_dir.h"

namespace sg::engines {

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

}  // namespace sg::engines
