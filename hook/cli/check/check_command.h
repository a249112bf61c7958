// SPDX-License-Identifier: Apache-2.0
// check_command.h - the command line of `check` into plain data.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "sysctl/namespace_of.h"

namespace sg::cli {

// One access somebody asks about: NAME is a read, NAME=VALUE a write.
struct RequestedAccess {
  bool write = false;
  std::string name;   // slash form, never empty
  std::string value;  // of a write; any bytes, may be empty
};

struct CheckOptions {
  std::map<std::string, std::string> annotations;
  std::optional<std::string> bundle;                       // directory with a config.json
  std::optional<std::string> node_policy;                  // a file, or "none" for the defaults
  std::optional<sysctl::NamespaceSet> private_namespaces;  // only where the option was given
  std::vector<RequestedAccess> accesses;                   // in the order of the command line
  bool json = false;
};

// Errors: wrong values.
[[nodiscard]] Result<CheckOptions> read_check_options(const Arguments& arguments);

}  // namespace sg::cli
