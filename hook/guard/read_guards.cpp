// SPDX-License-Identifier: Apache-2.0
// read_guards.cpp - guards and counters from the kernel, side by side.
//
// Tested by test/integration/81-list-show.bats.
#include "guard/read_guards.h"

#include <set>
#include <string>
#include <utility>

#include "host/cgroup_walk.h"

namespace sg::guard {
namespace {

void add_ids(const std::vector<GuardView>& views, std::set<std::string>& ids) {
  for (const GuardView& view : views) {
    ids.insert(view.container.id);
  }
}

void put_names(std::vector<GuardView>& views, const EngineNames& names) {
  for (GuardView& view : views) {
    if (const auto found = names.find(view.container.id); found != names.end()) {
      view.engine_name = found->second;
    }
  }
}

}  // namespace

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

void put_engine_names(std::vector<GuardView>& views) {
  std::set<std::string> ids;
  add_ids(views, ids);
  put_names(views, read_engine_names(ids));
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
  Containers containers{.guards = {}, .cgroups = *std::move(cgroups)};
  for (kernel::AttachedGuard& guard : *guards) {
    containers.guards.push_back(maker.make_view(std::move(guard), std::nullopt));
  }
  std::set<std::string> ids = ids_in(containers.cgroups);
  add_ids(containers.guards, ids);
  containers.engine_names = read_engine_names(ids);
  put_names(containers.guards, containers.engine_names);
  return containers;
}

}  // namespace sg::guard
