// SPDX-License-Identifier: Apache-2.0
// bpf_directory.h - what an installation does about our bpffs, where pinned programs and the buffer
// of events are.
//
// Both installing and undoing remove the pins: they may be of another version, and the next
// containers make new ones. Undoing it for the last engine removes the directory too, where nothing
// else is in it. A bpffs is no file of an image: for a system below another root there is nothing
// to do.
#pragma once

#include <cstddef>
#include <string>

#include "engines/engine.h"
#include "host/root_dir.h"

namespace sg::cli {

struct BpfDirectoryPlan {
  std::size_t pins = 0;            // programs to remove
  bool removes_directory = false;  // if it is empty then
  std::string remark = {};         // what stays, or could not be done; a clause
};

// For an installation or uninstallation by `plan`. The directory stays where that changes nothing,
// and while another engine still runs the hook.
[[nodiscard]] BpfDirectoryPlan plan_bpf_directory(const host::RootDir& root,
                                                  const engines::Engine& engine,
                                                  const engines::FilePlan& plan, bool is_uninstall);

// "removed 3 pinned programs\n", "removed /run/sysctl-guard\n" and the remark, or what would be
// with `dry_run`; "" for nothing.
[[nodiscard]] std::string render_bpf_directory(const BpfDirectoryPlan& plan, bool dry_run);

// Does it; what was not done is no part of the plan any more.
void apply_bpf_directory(BpfDirectoryPlan& plan);

}  // namespace sg::cli
