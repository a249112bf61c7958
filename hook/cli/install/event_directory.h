// SPDX-License-Identifier: Apache-2.0
// event_directory.h - what an installation does about the directory of the event buffer.
//
// Installing makes it, before any user of the host can take its name; undoing it for the last
// engine removes it. A bpffs is no file of an image: where none is mounted in the system below the
// root, there is nothing to do.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engines/engine.h"
#include "host/root_dir.h"

namespace sg::cli {

enum class DirectoryChange { kNone, kMake, kRemove };

struct EventDirectoryPlan {
  DirectoryChange change = DirectoryChange::kNone;
  std::string bpffs;                 // where it really is
  std::vector<std::string> remarks;  // why there will be no events, and what stays
};

// For an installation.
[[nodiscard]] EventDirectoryPlan plan_event_directory(const host::RootDir& root);

// For an uninstallation by `plan`: the directory stays where that changes nothing, while another
// engine still runs the hook, where something is in it, and where systemd makes it at each start,
// by the file that came with the programs.
[[nodiscard]] EventDirectoryPlan unplan_event_directory(const host::RootDir& root,
                                                        const engines::Engine& engine,
                                                        const engines::FilePlan& plan);

// What was done, or would be with `dry_run`: "made /sys/fs/bpf/sysctl-guard\n" and the remarks; ""
// for nothing.
[[nodiscard]] std::string render_event_directory(const EventDirectoryPlan& plan, bool dry_run);

// Makes or removes it; what was not done is no change of the plan any more. That it cannot be made
// is a remark: guards work without.
void apply_event_directory(EventDirectoryPlan& plan);

// Removes what was made, where the rest of the installation fails.
void take_back(const EventDirectoryPlan& plan);

}  // namespace sg::cli
