// SPDX-License-Identifier: Apache-2.0
// cmd_list.cpp - `sysctl-guard list`: all guards on this host.
//
// Tested by test/integration/81-list-show.bats.
#include <unistd.h>

#include <vector>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/list/list_report.h"
#include "cli/option_values.h"
#include "cli/terminal.h"
#include "guard/guard_processes.h"
#include "guard/read_guards.h"

namespace sg::cli {
namespace {

Result<Outcome> run(const Arguments& arguments) {
  Result<std::vector<guard::GuardView>> views = guard::read_guards();
  if (!views) {
    return outcome_of(views.error());
  }
  for (guard::GuardView& view : *views) {
    view.proc_sys = guard::proc_sys_of(view.guard.cgroup_dir, "/proc");
  }
  return Outcome{.output = arguments.has("--json")
                               ? render_list_json(*views)
                               : render_list_text(*views, now_ns(), terminal_width(STDOUT_FILENO))};
}

}  // namespace

Command list_command() {
  return {
      .name = "list",
      .line = "the containers that have a guard, and what was denied and allowed",
      .about =
          "the containers on this host that have a guard, newest first, and what their guards have "
          "counted. Read from the kernel; needs root.",
      .usage = {"[--json]"},
      .details =
          "Columns:\n"
          "  ID          of the container, the first 12 characters\n"
          "  NAME        where an annotation of the engine gives it\n"
          "  MODE        enforce or audit\n"
          "  RULES       rules that somebody wrote\n"
          "  DENIED      accesses that were refused\n"
          "  WOULD-DENY  accesses that the policy denies and that audit mode let through\n"
          "  ALLOWED     writes that were let through by a rule\n"
          "  AGE         since the guard was attached or replaced; counters begin then",
      .options = {{"--json", "", kJsonHelp}},
      .examples = {{"", "sudo sysctl-guard list"},
                   {"Which containers were refused something?",
                    "sudo sysctl-guard list --json | jq -r '.guards[] | select(.denied > 0).id'"}},
      .exit_codes = {{kExitDone, "done, also where no container has a guard"},
                     {kExitFailed, "the kernel could not be asked"},
                     {kExitUsage, "wrong arguments"}},
      .run = run};
}

}  // namespace sg::cli
