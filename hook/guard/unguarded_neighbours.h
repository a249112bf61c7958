// SPDX-License-Identifier: Apache-2.0
// unguarded_neighbours.h - processes without a guard in the PID namespace of a guarded container.
//
// One with the same user and no fewer capabilities reaches what was opened as
// /proc/PID/root/proc/sys.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "guard/guard_view.h"

namespace sg::guard {

struct Neighbour {
  std::string container_id;  // of the guarded one
  std::string cgroup;        // of the process without a guard, as /proc/PID/cgroup names it
  std::uint64_t pid = 0;     // the first of that cgroup

  friend bool operator==(const Neighbour&, const Neighbour&) = default;
};

// For each guard the cgroups of such processes, in the order of their processes. A guard whose
// container has no PID namespace of its own has none: everybody is in the host's. `proc` is /proc.
[[nodiscard]] std::vector<Neighbour> unguarded_neighbours(std::span<const GuardView> views,
                                                          const std::string& proc);

}  // namespace sg::guard
