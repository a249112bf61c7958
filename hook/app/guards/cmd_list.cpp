// SPDX-License-Identifier: Apache-2.0
// cmd_list.cpp - `sysctl-guard list`: all guards on this host.
#include <vector>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/clock.h"
#include "app/failure.h"
#include "app/guards/guard_processes.h"
#include "app/guards/list_report.h"
#include "app/guards/read_guards.h"

namespace sg::app {

Outcome cmd_list(const ListOptions& options) {
  Result<std::vector<GuardView>> views = read_guards();
  if (!views) {
    return failure(views.error(), kListFailed);
  }
  for (GuardView& view : *views) {
    view.proc_sys = proc_sys_of(view.guard.cgroup_dir, "/proc");
  }
  return Outcome{
      .exit_code = kListDone,
      .output = options.json ? render_list_json(*views) : render_list_text(*views, now_ns()),
      .errors = ""};
}

}  // namespace sg::app
