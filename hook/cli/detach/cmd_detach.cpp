// SPDX-License-Identifier: Apache-2.0
// cmd_detach.cpp - `sysctl-guard detach`: a running container without its guard.
//
// Tested by test/integration/83-update.bats.
#include <string>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/guard_to_change.h"
#include "cli/option_values.h"
#include "kernel/attachment.h"

namespace sg::cli {
namespace {

Status detach(const GuardToChange& found) {
  const Result<UniqueFd> cgroup = kernel::open_guarded_cgroup(found.guard);
  return cgroup ? kernel::detach_guard(cgroup->get(), found.container.id) : cgroup.error();
}

Result<Outcome> run(const Arguments& arguments) {
  const Result<GuardToChange> found = find_guard_to_change(arguments.operand());
  const Status detached = found ? detach(*found) : found.error();
  if (!detached) {
    return outcome_of(detached.error());
  }
  log_change(found->container.id, "guard detached", "");
  return Outcome{.output = "detached the guard of " + escape(found->container.id, 128) +
                           ": nothing is refused any more\n"};
}

}  // namespace

Command detach_command() {
  return {
      .name = "detach",
      .line = "take the guard off a running container",
      .about =
          "take the guard off a running container. From then on it may write whatever the kernel "
          "and its mounts let it write. Needs root.",
      .usage = {"CONTAINER"},
      .details = kContainerText +
                 std::string(" To refuse less and stay guarded, see sysctl-guard update --help."),
      .operands = container_operand(),
      .examples = {{"", "sudo sysctl-guard detach 4f5b2c"}},
      .exit_codes = {{kExitDone, "done"},
                     {kExitFailed,
                      "not done: no container or several are meant, or the kernel refused"},
                     {kExitUsage, kUsageExit}},
      .run = run};
}

}  // namespace sg::cli
