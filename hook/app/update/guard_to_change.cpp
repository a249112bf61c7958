// SPDX-License-Identifier: Apache-2.0
// guard_to_change.cpp - all containers of the host, and the one that is meant.
#include "app/update/guard_to_change.h"

#include <algorithm>
#include <utility>

#include "app/guards/find_guard.h"
#include "app/guards/read_guards.h"
#include "app/syslog_line.h"
#include "app/update/who.h"
#include "base/check.h"
#include "base/text.h"

namespace sg::app {

Result<GuardToChange> find_guard_to_change(const std::string& container) {
  const Result<Containers> containers = read_containers();
  if (!containers) {
    return containers.error();
  }
  const Result<const GuardView*> found = find_guard(*containers, container);
  if (!found) {
    Error error = found.error();
    const auto others =
        std::ranges::count_if(containers->guards, [](const GuardView& view) { return !view.meta; });
    if (others > 0) {
      error.message += " (" + std::to_string(others) + " guards are of another version of sysctl-guard, which alone can change them)";
    }
    return error;
  }
  const GuardView& view = **found;
  SG_CHECK(view.meta.has_value());  // by which it was found
  return GuardToChange{view.guard, *view.meta};
}

void log_change(const std::string& container_id, const std::string& what, const std::string& details) {
  send_to_syslog("sysctl-guard",
                 "container " + escape(container_id, 128) + ": " + what + " by " + describe(read_who()) +
                     (details.empty() ? "" : ": " + details),
                 Severity::kWarning);
}

}  // namespace sg::app
