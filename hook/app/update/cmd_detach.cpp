// SPDX-License-Identifier: Apache-2.0
// cmd_detach.cpp - `sysctl-guard detach`: a running container without its guard.
#include <string>
#include <utility>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/failure.h"
#include "app/update/guard_to_change.h"
#include "base/text.h"
#include "kernel/attachment.h"

namespace sg::app {
namespace {

Status detach(const GuardToChange& found) {
  const Result<UniqueFd> cgroup = kernel::open_guarded_cgroup(found.guard);
  return cgroup ? kernel::detach_guard(cgroup->get(), found.meta.container_id) : cgroup.error();
}

}  // namespace

Outcome cmd_detach(const DetachOptions& options) {
  const Result<GuardToChange> found = find_guard_to_change(options.container);
  const Status detached = found ? detach(*found) : found.error();
  if (!detached) {
    return failure(detached.error(), kDetachFailed);
  }
  log_change(found->meta.container_id, "guard detached", "");
  return {.exit_code = kDetachDone,
          .output = "detached the guard of " + escape(found->meta.container_id, 128) +
                    ": nothing is refused any more\n",
          .errors = ""};
}

}  // namespace sg::app
