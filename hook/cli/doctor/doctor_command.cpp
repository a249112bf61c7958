// SPDX-License-Identifier: Apache-2.0
// doctor_command.cpp - the declaration of `doctor`.
#include "cli/doctor/doctor_command.h"

#include <utility>

#include "cli/commands.h"
#include "cli/option_values.h"

namespace sg::cli {
namespace {

Result<Outcome> run(const Arguments& arguments) {
  const Result<DoctorOptions> options = read_doctor_options(arguments);
  return options ? Result<Outcome>(cmd_doctor(*options)) : options.error();
}

}  // namespace

Result<DoctorOptions> read_doctor_options(const Arguments& arguments) {
  Result<std::string> root = read_absolute_path(arguments, "--root", "/");
  Result<std::string> policy = read_absolute_path(arguments, "--policy", request::kNodePolicyFile);
  if (!root || !policy) {
    return !root ? root.error() : policy.error();
  }
  return DoctorOptions{
      .json = arguments.has("--json"), .root = *std::move(root), .policy = *std::move(policy)};
}

Command doctor_command() {
  return {
      .name = "doctor",
      .line = "say whether a guarded container would work on this host",
      .about =
          "say what this host can do and what is missing, each with its remedy. Changes nothing "
          "but for "
          "a cgroup that is gone at the end. As root it guards itself and checks the result.",
      .usage = {"[OPTION]..."},
      .options =
          {{"--json", "", kJsonHelp},
           {"--root", "DIR",
            "look at the files of the system below DIR; this kernel, and no program of DIR is run"},
           {"--policy", "FILE", "the node policy; default: /etc/sysctl-guard/policy.json"}},
      .examples = {{"Would a guarded container work here?", "sudo sysctl-guard doctor"},
                   {"What is wrong, for a script",
                    "sudo sysctl-guard doctor --json | jq '.checks[] | select(.remedy != null)'"}},
      .exit_codes = {{kExitDone, "a guarded container would work"},
                     {kExitFailed, "it would not, or that could not be found out"},
                     {kExitUsage, "wrong arguments"}},
      .run = run};
}

}  // namespace sg::cli
