// SPDX-License-Identifier: Apache-2.0
// file_plan.h - what an installation changes: files as they are and as they are to be.
//
// A plan is made whole before anything is written, so that a mistake in one file leaves all of them
// alone, and so that it can be shown instead.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/root_dir.h"

namespace sg::engines {

// The bytes of a file; nothing: no such file.
using FileText = std::optional<std::string>;

struct FileChange {
  std::string path;  // as the system will see it
  FileText before;
  FileText after;
};

struct FilePlan {
  std::vector<FileChange> changes;   // in the order in which they are made
  std::vector<std::string> notes;    // what is left to do once the changes are made
  std::vector<std::string> remarks;  // what is to be known, also where nothing changes
};

// Adds a change of a file that is ours alone, as `is_ours` tells by its content. One that is there
// and is not ours stays: that is an error, kBadInput, where it is to be written, and a remark where
// it is to go. Other errors: those of RootDir::read.
[[nodiscard]] Status plan_own_file(const host::RootDir& root, FilePlan& plan,
                                   const std::string& path, FileText after,
                                   bool (*is_ours)(std::string_view text));

// Does the plan change a file?
[[nodiscard]] bool changes_anything(const FilePlan& plan) noexcept;

// For --dry-run: each file and the very bytes it would hold.
[[nodiscard]] std::string render_dry_run(const FilePlan& plan);

// One line for each remark.
[[nodiscard]] std::string render_remarks(const FilePlan& plan);

// One line for each file that was changed, the notes and the remarks.
[[nodiscard]] std::string render_done(const FilePlan& plan);

// Makes the changes in order and stops at the first that fails; what was changed before it is put
// back. Directories that are missing are made, and stay. What a run that was killed has left beside
// one of the files goes. Errors: kSystem.
[[nodiscard]] Status apply_plan(const host::RootDir& root, const FilePlan& plan);

// The changes that take back those of a plan, the last one first.
[[nodiscard]] FilePlan inverse_of(const FilePlan& plan);

}  // namespace sg::engines
