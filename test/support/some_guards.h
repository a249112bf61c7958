// SPDX-License-Identifier: Apache-2.0
// some_guards.h - guards that exist in no kernel.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compile/meta.h"
#include "guard/guard_view.h"
#include "meta_abi.h"

namespace sg::test {

// A guard with this metadata for this container. Counters that are not given are zero.
inline guard::GuardView view_of(kernel::Container container, const compile::Meta& meta = {},
                                std::vector<kernel::RuleCounts> counts = {},
                                std::string cgroup = "/a") {
  kernel::OurProgram program;
  program.id = 56;
  program.name = "sysctl_guard";
  program.tag = "0123456789abcdef";
  program.layout = SG_META_VERSION;
  program.meta = compile::encode_meta(meta);
  kernel::AttachedGuard guard;
  guard.cgroup_dir = "/sys/fs/cgroup" + cgroup;
  guard.cgroup = std::move(cgroup);
  guard.cgroup_id = 4711;
  guard.program = std::make_shared<const kernel::OurProgram>(std::move(program));
  guard.container = std::move(container);
  counts.resize(std::max(counts.size(), meta.rules.size() + 1));
  return guard::ViewMaker().make_view(std::move(guard), std::move(counts));
}

// The program of a guard, to change it.
inline kernel::OurProgram& program_of(guard::GuardView& view) {
  auto program = std::make_shared<kernel::OurProgram>(*view.guard.program);
  view.guard.program = program;
  return *program;
}

// A guard that another version of sysctl-guard attached.
inline guard::GuardView foreign_view(std::string cgroup = "/b") {
  guard::GuardView view = view_of({.id = "unknown"}, {}, {}, std::move(cgroup));
  program_of(view).layout = SG_META_VERSION + 1;
  view.guard.container.reset();
  view.container = {};
  view.meta.reset();
  view.counts.reset();
  return view;
}

}  // namespace sg::test
