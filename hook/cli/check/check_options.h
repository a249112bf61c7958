// SPDX-License-Identifier: Apache-2.0
// check_options.h - what the command line of `check` says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/check/check_report.h"
#include "cli/command.h"
#include "host/kernel_release.h"
#include "sysctl/namespace_of.h"

namespace sg::cli {

struct CheckOptions {
  std::map<std::string, std::string> annotations;
  std::optional<std::string> bundle;                       // directory with a config.json
  std::optional<std::string> node_policy;                  // a file, or "none" for the defaults
  std::optional<sysctl::NamespaceSet> private_namespaces;  // only where the option was given
  std::optional<host::KernelRelease> kernel;               // of another node
  std::optional<std::string> file;                         // of lines as sysctl reads them
  std::vector<RequestedAccess> accesses;                   // in the order of the command line
  std::uint64_t position = 0;                              // in the file, of each write
  std::map<std::string, std::string> current;              // name (slash form) to the number there
  bool json = false;
};

// Errors: wrong values.
[[nodiscard]] Result<CheckOptions> read_check_options(const Arguments& arguments);

}  // namespace sg::cli
