// SPDX-License-Identifier: Apache-2.0
// file_plan.cpp - shows a plan, or makes its changes one file at a time.
#include "engines/file_plan.h"

#include <algorithm>

#include "base/file_write.h"
#include "base/text.h"

namespace sg::engines {
namespace {

bool is_change(const FileChange& change) { return change.before != change.after; }

std::string lines_of(const std::vector<std::string>& notes) {
  std::string out;
  for (const std::string& note : notes) {
    out += "note: " + note + "\n";
  }
  return out;
}

Status put(const host::RootDir& root, const std::string& path, const FileText& content) {
  const Result<std::string> real = root.locate(path);
  if (!real) {
    return real.error();
  }
  return content ? replace_file(*real, *content) : remove_file(*real);
}

// Of a file that stays as it is only what a killed run has left beside it goes.
Status tidy(const host::RootDir& root, const FileChange& change) {
  if (const Result<std::string> real = root.locate(change.path); real) {
    remove_leftovers(*real);
  }
  return Ok{};
}

}  // namespace

Status plan_own_file(const host::RootDir& root, FilePlan& plan, const std::string& path,
                     FileText after, bool (*is_ours)(std::string_view text)) {
  const Result<FileText> before = root.read(path);
  if (!before) {
    return before.error();
  }
  if (!*before || is_ours(**before)) {
    plan.changes.push_back({path, *before, std::move(after)});
    return Ok{};
  }
  if (after) {
    return Error{Errc::kBadInput,
                 "'" + escape(path) + "': is there, and was not made by sysctl-guard",
                 "move it away, or remove it if nobody needs it"};
  }
  plan.remarks.push_back(path + " was not made by sysctl-guard and stays");
  return Ok{};
}

std::string render_remarks(const FilePlan& plan) { return lines_of(plan.remarks); }

bool changes_anything(const FilePlan& plan) noexcept {
  return std::ranges::any_of(plan.changes, is_change);
}

std::string render_dry_run(const FilePlan& plan) {
  std::string out;
  for (const FileChange& change : plan.changes) {
    if (!is_change(change)) {
      out += "unchanged " + change.path + "\n";
      continue;
    }
    out += (change.after ? "would write " : "would remove ") + change.path + "\n";
    if (change.after) {
      out += *change.after + (change.after->ends_with('\n') ? "" : "\n");
    }
  }
  return out + lines_of(plan.notes) + lines_of(plan.remarks);
}

std::string render_done(const FilePlan& plan) {
  std::string out;
  for (const FileChange& change : plan.changes) {
    if (is_change(change)) {
      out += (change.after ? "wrote " : "removed ") + change.path + "\n";
    }
  }
  return out + lines_of(plan.notes) + lines_of(plan.remarks);
}

Status apply_plan(const host::RootDir& root, const FilePlan& plan) {
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    const FileChange& change = plan.changes[i];
    Status done = is_change(change) ? put(root, change.path, change.after) : tidy(root, change);
    if (done) {
      continue;
    }
    while (i-- > 0) {
      const FileChange& made = plan.changes[i];
      if (is_change(made)) {
        (void)put(root, made.path, made.before);  // the first error is the one to tell
      }
    }
    return done;
  }
  return Ok{};
}

FilePlan inverse_of(const FilePlan& plan) {
  FilePlan inverse;
  for (auto change = plan.changes.rbegin(); change != plan.changes.rend(); ++change) {
    inverse.changes.push_back({change->path, change->after, change->before});
  }
  return inverse;
}

}  // namespace sg::engines
