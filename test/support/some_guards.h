// SPDX-License-Identifier: Apache-2.0
// some_guards.h - guards that exist in no kernel.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compile/meta.h"
#include "guard/guard_view.h"
#include "meta_abi.h"

namespace sg::test {

inline guard::GuardView view_of(const compile::Meta& meta,
                                std::vector<kernel::RuleCounts> counts = {},
                                std::string cgroup = "/a") {
  kernel::AttachedGuard guard;
  guard.cgroup_dir = "/sys/fs/cgroup" + cgroup;
  guard.cgroup = std::move(cgroup);
  guard.cgroup_id = 4711;
  guard.program.id = 56;
  guard.program.name = "sysctl_guard";
  guard.program.tag = "0123456789abcdef";
  guard.program.layout = SG_META_VERSION;
  guard.program.meta = compile::encode_meta(meta);
  return guard::make_view(std::move(guard), std::move(counts));
}

inline compile::Meta meta_of(std::string id, std::string name = "") {
  compile::Meta meta;
  meta.container_id = std::move(id);
  meta.container_name = std::move(name);
  return meta;
}

// A guard that another version of sysctl-guard attached.
inline guard::GuardView foreign_view(std::string cgroup = "/b") {
  guard::GuardView view = view_of(meta_of("unknown"), {}, std::move(cgroup));
  view.guard.program.layout = SG_META_VERSION + 1;
  view.meta.reset();
  view.counts.reset();
  return view;
}

}  // namespace sg::test
