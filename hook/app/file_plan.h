// SPDX-License-Identifier: Apache-2.0
// file_plan.h - what an installation changes: files as they are and as they are to be.
//
// A plan is made whole before anything is written, so that a mistake in one file leaves all of them
// alone, and so that it can be shown instead.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/root_dir.h"
#include "base/result.h"

namespace sg::app {

struct FileChange {
  std::string path;                   // as the system will see it
  std::optional<std::string> before;  // nothing: no such file
  std::optional<std::string> after;
};

struct FilePlan {
  std::vector<FileChange> changes;  // in the order in which they are made
  std::vector<std::string>
      directories;  // made by an installation; removed where they are empty, in order
  std::vector<std::string> notes;  // what is left for the administrator to do or to know
};

// Adds a change of the file to `after`, with what is there now as `before`. Errors: those of RootDir::read.
[[nodiscard]] Status plan_file(const RootDir& root, FilePlan& plan, const std::string& path,
                               std::optional<std::string> after);

// Does the plan change a file?
[[nodiscard]] bool changes_anything(const FilePlan& plan) noexcept;

// For --dry-run: each file and the very bytes it would hold.
[[nodiscard]] std::string render_dry_run(const FilePlan& plan);

// One line for each file that was changed, and the notes.
[[nodiscard]] std::string render_done(const FilePlan& plan);

// Makes the changes in order and stops at the first that fails; what was changed before it is put back.
// Errors: kSystem.
[[nodiscard]] Status apply_plan(const RootDir& root, const FilePlan& plan);

}  // namespace sg::app
