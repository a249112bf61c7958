// SPDX-License-Identifier: Apache-2.0
// cmd_version.cpp - `sysctl-guard version`: this program's version and that of its tables.
//
// Guards outlive the program that attached them. The layout version says which of them this program
// can read. SG_VERSION is set by the build.
#include <string>

#include "base/json_write.h"
#include "cli/commands.h"
#include "cli/option_values.h"
#include "table_abi.h"

namespace sg::cli {
namespace {

Result<Outcome> run(const Arguments& arguments) {
  const Json json = Json::object(
      {{"name", "sysctl-guard"}, {"version", SG_VERSION}, {"tableLayout", SG_TABLE_VERSION}});
  return Outcome{.output = arguments.has("--json") ? json.line() + "\n"
                                                   : "sysctl-guard " SG_VERSION "\ntable layout " +
                                                         std::to_string(SG_TABLE_VERSION) + "\n"};
}

}  // namespace

Command version_command() {
  return {.name = "version",
          .line = "print the version",
          .about = "print the version of sysctl-guard and of the tables that it writes and reads.",
          .usage = {"[--json]"},
          .options = {{"--json", "", kJsonHelp}},
          .examples = {{"", "sysctl-guard version"}, {"", "sysctl-guard version --json"}},
          .exit_codes = {{kExitDone, "done"}, {kExitUsage, kUsageExit}},
          .run = run};
}

}  // namespace sg::cli
