// SPDX-License-Identifier: Apache-2.0
// cmd_version.cpp - `sysctl-guard version`: this program's version and that of its tables.
//
// Guards outlive the program that attached them. The layout version says which of them this program
// can read. SG_VERSION is set by the build.
#include <string>

#include "app/command.h"
#include "app/exit_code.h"
#include "base/json.h"
#include "table_abi.h"

namespace sg::app {

Outcome cmd_version(const VersionOptions& options) {
  const std::string layout = std::to_string(SG_TABLE_VERSION);
  const std::string text =
      options.json ? "{\"name\": \"sysctl-guard\", \"version\": " + json_quote(SG_VERSION) +
                         ", \"tableLayout\": " + layout + "}\n"
                   : "sysctl-guard " SG_VERSION "\ntable layout " + layout + "\n";
  return Outcome{.exit_code = kCommandDone, .output = text, .errors = ""};
}

}  // namespace sg::app
