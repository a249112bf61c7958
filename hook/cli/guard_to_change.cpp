// SPDX-License-Identifier: Apache-2.0
// guard_to_change.cpp - all containers of the host, and the one that is meant.
//
// Tested by test/integration/83-update.bats.
#include "cli/guard_to_change.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "guard/find_guard.h"
#include "guard/read_guards.h"
#include "host/caller.h"
#include "host/syslog_line.h"

namespace sg::cli {

Result<GuardToChange> find_guard_to_change(const std::string& container) {
  const Result<guard::Containers> containers = guard::read_containers();
  if (!containers) {
    return containers.error();
  }
  const Result<const guard::GuardView*> found = guard::find_guard(*containers, container);
  if (!found) {
    Error error = found.error();
    const auto others = std::ranges::count_if(
        containers->guards, [](const guard::GuardView& view) { return !view.meta; });
    if (others > 0) {
      error.message +=
          " (" + std::to_string(others) +
          " guards are of another version of sysctl-guard, which alone can change them)";
    }
    return error;
  }
  const guard::GuardView& view = **found;
  SG_CHECK(view.meta != nullptr);  // it was found by its ID
  return GuardToChange{view.guard, view.container, *view.meta};
}

void log_change(const std::string& container_id, const std::string& what,
                const std::string& details) {
  host::send_to_syslog("sysctl-guard",
                       "container " + escape(container_id, 128) + ": " + what + " by " +
                           host::describe(host::read_who()) +
                           (details.empty() ? "" : ": " + details),
                       Severity::kWarning);
}

}  // namespace sg::cli
