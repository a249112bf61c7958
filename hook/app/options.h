// SPDX-License-Identifier: Apache-2.0
// options.h - the command line of `sysctl-guard` into plain data, one struct for each command.
//
// Everything the command line library knows stays in options.cpp. Nothing is read, printed or
// decided here: cli_main.cpp passes the struct to its command.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "app/events/events_options.h"
#include "app/guards/guards_options.h"
#include "app/install/engine_options.h"
#include "app/update/update_options.h"
#include "base/result.h"
#include "policy/policy.h"

namespace sg::app {

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
  std::optional<policy::NamespaceSet> private_namespaces;  // only where the option was given
  std::vector<RequestedAccess> accesses;                   // in the order of the command line
  bool json = false;
};

struct VersionOptions {
  bool json = false;
};

// Somebody asked for help: the text, whole, with a final newline.
struct HelpOptions {
  std::string text;
};

using Invocation =
    std::variant<CheckOptions, InstallOptions, DoctorOptions, EventsOptions, ListOptions, ShowOptions,
                 MetricsOptions, LearnOptions, UpdateOptions, DetachOptions, VersionOptions, HelpOptions>;

// The arguments after the program's name. Errors: kUsage, with a hint that names the help to read.
[[nodiscard]] Result<Invocation> parse_options(std::span<const std::string> arguments);

}  // namespace sg::app
