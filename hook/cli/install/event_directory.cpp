// SPDX-License-Identifier: Apache-2.0
// event_directory.cpp - looks at the bpffs of the system below the root, and at the other engines.
#include "cli/install/event_directory.h"

#include <algorithm>
#include <array>

#include "kernel/event_dir.h"

namespace sg::cli {
namespace {

using engines::FileChange;
using engines::FilePlan;

// systemd-tmpfiles(8) reads these at each start of the host.
constexpr std::array<const char*, 3> kTmpfiles{"/usr/lib/tmpfiles.d/sysctl-guard.conf",
                                               "/usr/local/lib/tmpfiles.d/sysctl-guard.conf",
                                               "/etc/tmpfiles.d/sysctl-guard.conf"};
constexpr const char* kSystemdRuns = "/run/systemd/system";  // sd_booted(3)

bool is_made_by_systemd(const host::RootDir& root) {
  return root.has(kSystemdRuns) &&
         std::ranges::any_of(kTmpfiles, [&](const char* file) { return root.has(file); });
}

// Does the plan of another engine undo something that ours does not?
bool is_installed_besides(const FilePlan& other, const FilePlan& ours) {
  return std::ranges::any_of(other.changes, [&](const FileChange& change) {
    const bool is_ours = std::ranges::any_of(ours.changes, [&](const FileChange& mine) {
      return mine.path == change.path && mine.after == change.after;
    });
    return change.before != change.after && !is_ours;
  });
}

// Where a file of it cannot be understood, an engine may run the hook.
bool is_another_installed(const host::RootDir& root, const engines::Engine& engine,
                          const FilePlan& ours) {
  return std::ranges::any_of(engines::all_engines(), [&](const engines::Engine* other) {
    if (other == &engine) {
      return false;
    }
    const Result<FilePlan> plan = engines::plan_uninstall(root, *other);
    return !plan || is_installed_besides(*plan, ours);
  });
}

// Where the bpffs is; "" where that cannot be told.
std::string bpffs_of(const host::RootDir& root) {
  const Result<std::string> real = root.locate(kernel::kBpffs);
  return real ? *real : "";
}

}  // namespace

EventDirectoryPlan plan_event_directory(const host::RootDir& root) {
  EventDirectoryPlan plan{.change = DirectoryChange::kNone, .bpffs = bpffs_of(root), .remarks = {}};
  const kernel::EventDir dir = kernel::look_at_event_dir(plan.bpffs);
  if (dir.owner == kernel::EventDirOwner::kAbsent) {
    plan.change = DirectoryChange::kMake;
  } else if (const Status usable = kernel::check_event_dir(plan.bpffs); !usable) {
    plan.remarks.push_back("guards will write no events: " + usable.error().message + "; " +
                           usable.error().hint);
  }
  return plan;
}

EventDirectoryPlan unplan_event_directory(const host::RootDir& root, const engines::Engine& engine,
                                          const FilePlan& plan) {
  EventDirectoryPlan undo{.change = DirectoryChange::kNone, .bpffs = bpffs_of(root), .remarks = {}};
  const kernel::EventDir dir = kernel::look_at_event_dir(undo.bpffs);
  if (dir.owner != kernel::EventDirOwner::kRoot || !changes_anything(plan) ||
      is_another_installed(root, engine, plan) || is_made_by_systemd(root)) {
    return undo;
  }
  if (dir.is_empty) {
    undo.change = DirectoryChange::kRemove;
  } else {
    undo.remarks.push_back(
        std::string(kernel::kEventDir) +
        " stays, with the events that guards have written, until the host goes down");
  }
  return undo;
}

std::string render_event_directory(const EventDirectoryPlan& plan, bool dry_run) {
  std::string out;
  if (plan.change == DirectoryChange::kMake) {
    out = dry_run ? "would make " : "made ";
  } else if (plan.change == DirectoryChange::kRemove) {
    out = dry_run ? "would remove " : "removed ";
  }
  out += out.empty() ? "" : std::string(kernel::kEventDir) + "\n";
  for (const std::string& remark : plan.remarks) {
    out += "note: " + remark + "\n";
  }
  return out;
}

void take_back(const EventDirectoryPlan& plan) {
  if (plan.change == DirectoryChange::kMake) {
    (void)kernel::remove_event_dir(plan.bpffs);  // the error before it is the one to tell
  }
}

void apply_event_directory(EventDirectoryPlan& plan) {
  if (plan.change == DirectoryChange::kNone) {
    return;
  }
  const bool is_made = plan.change == DirectoryChange::kMake;
  const Result<bool> done =
      is_made ? kernel::make_event_dir(plan.bpffs) : kernel::remove_event_dir(plan.bpffs);
  if (!done) {
    plan.remarks.push_back((is_made ? "guards will write no events: " : "") + done.error().message +
                           "; " + done.error().hint);
  }
  plan.change = done && *done ? plan.change : DirectoryChange::kNone;
}

}  // namespace sg::cli
