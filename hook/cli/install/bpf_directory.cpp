// SPDX-License-Identifier: Apache-2.0
// bpf_directory.cpp - counts and removes pins; asks the other engines before the directory goes.
//
// Tested by test/integration/44-bpf-directory.bats.
#include "cli/install/bpf_directory.h"

#include <algorithm>
#include <optional>

#include "kernel/bpf_dir.h"
#include "kernel/pins.h"

namespace sg::cli {
namespace {

using engines::FileChange;
using engines::FilePlan;

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

std::string counted(std::size_t pins) {
  return std::to_string(pins) + (pins == 1 ? " pinned program" : " pinned programs");
}

}  // namespace

BpfDirectoryPlan plan_bpf_directory(const host::RootDir& root, const engines::Engine& engine,
                                    const FilePlan& plan, bool is_uninstall) {
  BpfDirectoryPlan todo;
  const std::optional<kernel::Pins> pins =
      root.is_this_system() ? kernel::Pins::open() : std::nullopt;
  if (!pins) {
    return todo;
  }
  todo.pins = pins->count();
  if (!is_uninstall || !changes_anything(plan) || is_another_installed(root, engine, plan)) {
    return todo;
  }
  todo.removes_directory = !pins->has_others();
  if (!todo.removes_directory) {
    todo.remark = std::string(kernel::kBpfDir) +
                  " stays, with the events that guards have written, until the host goes down";
  }
  return todo;
}

std::string render_bpf_directory(const BpfDirectoryPlan& plan, bool dry_run) {
  const std::string verb = dry_run ? "would remove " : "removed ";
  std::string out;
  if (plan.pins > 0) {
    out += verb + counted(plan.pins) + "\n";
  }
  if (plan.removes_directory) {
    out += verb + kernel::kRunDir + "\n";
  }
  return out + (plan.remark.empty() ? "" : "note: " + plan.remark + "\n");
}

void apply_bpf_directory(BpfDirectoryPlan& plan) {
  const auto give_up = [&plan](const Error& error) {
    plan.remark = error.message + (error.hint.empty() ? "" : "; " + error.hint);
  };
  const std::optional<kernel::Pins> pins = plan.pins > 0 ? kernel::Pins::open() : std::nullopt;
  const Result<std::size_t> removed = pins ? pins->remove_all() : std::size_t{0};
  plan.pins = removed ? *removed : 0;
  if (!removed) {
    give_up(removed.error());
  }
  if (!plan.removes_directory) {
    return;
  }
  const Result<bool> is_gone = kernel::remove_bpf_dir();
  plan.removes_directory = is_gone && *is_gone;
  if (!is_gone) {
    give_up(is_gone.error());
  }
}

}  // namespace sg::cli
