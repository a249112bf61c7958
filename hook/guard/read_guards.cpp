// SPDX-License-Identifier: Apache-2.0
// read_guards.cpp - guards and counters from the kernel, side by side.
//
// Tested by test/integration/81-list-show.bats.
#include "guard/read_guards.h"

#include <utility>

#include "host/cgroup_walk.h"

namespace sg::guard {

Result<std::vector<GuardView>> read_guards() {
  Result<std::vector<kernel::AttachedGuard>> guards = kernel::list_guards();
  if (!guards) {
    return std::move(guards).error();
  }
  ViewMaker maker;
  std::vector<GuardView> views;
  for (kernel::AttachedGuard& guard : *guards) {
    Result<std::vector<kernel::RuleCounts>> counts = kernel::read_counters(guard);
    if (!counts && !kernel::open_guarded_cgroup(guard)) {
      continue;  // it ended
    }
    views.push_back(maker.make_view(std::move(guard),
                                    counts ? std::optional(*std::move(counts)) : std::nullopt));
  }
  return views;
}

Result<Containers> read_containers() {
  Result<std::vector<kernel::AttachedGuard>> guards = kernel::list_guards();
  if (!guards) {
    return std::move(guards).error();
  }
  Result<std::vector<std::string>> cgroups = host::list_cgroups();
  if (!cgroups) {
    return std::move(cgroups).error();
  }
  ViewMaker maker;
  Containers containers{{}, *std::move(cgroups)};
  for (kernel::AttachedGuard& guard : *guards) {
    containers.guards.push_back(maker.make_view(std::move(guard), std::nullopt));
  }
  return containers;
}

}  // namespace sg::guard
