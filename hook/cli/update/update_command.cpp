// SPDX-License-Identifier: Apache-2.0
// update_command.cpp - the declaration of `update`.
#include "cli/update/update_command.h"

#include <utility>

#include "cli/commands.h"
#include "cli/option_values.h"

namespace sg::cli {
namespace {

Result<Outcome> run(const Arguments& arguments) {
  const Result<UpdateOptions> options = read_update_options(arguments);
  return options ? Result<Outcome>(cmd_update(*options)) : options.error();
}

}  // namespace

Result<UpdateOptions> read_update_options(const Arguments& arguments) {
  UpdateOptions options;
  options.container = arguments.operand();
  for (const std::string key : {"allow", "deny", "deny-read", "mode"}) {
    if (std::optional<std::string> list = arguments.value("--" + key)) {
      options.lists.emplace(key, *std::move(list));
    }
  }
  options.from_annotations = arguments.value("--from-annotations");
  options.dry_run = arguments.has("--dry-run");
  options.json = arguments.has("--json");
  if (arguments.has("--policy")) {
    Result<std::string> policy = read_absolute_path(arguments, "--policy", "");
    if (!policy) {
      return std::move(policy).error();
    }
    options.node_policy = *std::move(policy);
  }
  return options;
}

Command update_command() {
  return {
      .name = "update",
      .line = "change the policy of a running container",
      .about =
          "change the policy of a running container, in one step: each access is judged by the old "
          "policy or "
          "by the new one. Needs root.",
      .usage = {"CONTAINER [OPTION]..."},
      .details = kContainerText +
                 std::string(" The new policy is made as at the creation of the container, from "
                             "the same annotations but for those that are replaced here, and must "
                             "be within the node's limit. "
                             "With no option the node policy is read again."),
      .operands = container_operand(),
      .options = {{"--allow", "LIST", "in place of io.sysctl-guard.allow"},
                  {"--deny", "LIST", "in place of io.sysctl-guard.deny"},
                  {"--deny-read", "LIST", "in place of io.sysctl-guard.deny-read"},
                  {"--mode", "MODE", "in place of io.sysctl-guard.mode: enforce or audit"},
                  {"--from-annotations", "FILE",
                   "in place of all annotations: a JSON object of them or a document with a member "
                   "\"annotations\" (config.json, the state); \"-\" for standard input"},
                  {"--policy", "FILE",
                   "the node policy, in place of the one that the container was created with"},
                  {"--dry-run", "", "print what would be gained and lost, change nothing"},
                  {"--json", "", kJsonHelp}},
      .notes =
          "Counters of the container begin again, the annotations of the engine stay as they are: "
          "a new "
          "container with them has the old policy.",
      .examples = {{"What would that change?",
                    "sudo sysctl-guard update 4f5b2c --dry-run --allow 'net.ipv4.*'"},
                   {"Grant what was refused",
                    "rules=$(sudo sysctl-guard learn 4f5b2c --json |\n"
                    "    jq -r '.annotation.value // empty')\n"
                    "sudo sysctl-guard update 4f5b2c --allow \"${rules:?}\""}},
      .exit_codes = {{kExitDone, "done"},
                     {kExitFailed,
                      "not done, nothing is changed: the new policy is invalid or beyond the "
                      "node's limit, no "
                      "container or several are meant, or the kernel refused"},
                     {kExitUsage, "wrong arguments"}},
      .run = run};
}

}  // namespace sg::cli
