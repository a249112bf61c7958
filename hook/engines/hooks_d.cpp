// SPDX-License-Identifier: Apache-2.0
// hooks_d.cpp - the text of the hooks.d file; into which directory it goes, and out of which ones.
#include "engines/hooks_d.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "engines/hook_call.h"
#include "engines/registrations.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {
namespace {

using List = std::vector<std::string>;
using Engines = std::vector<const Engine*>;

std::string file_in(const std::string& directory) {
  return directory + "/" + std::string(kHooksDFile);
}

// "Podman and CRI-O".
std::string titles_of(Engines engines) {
  std::string titles;
  for (const Engine* engine : all_engines()) {
    if (std::ranges::find(engines, engine) != engines.end()) {
      titles += (titles.empty() ? "" : " and ") + std::string(engine->hooks_d->title);
    }
  }
  return titles;
}

}  // namespace

std::string hooks_d_text(const HooksDEntry& entry) {
  const std::string when = entry.all_containers
                               ? "{ \"always\": true }"
                               : "{ \"annotations\": { " + json_quote(kAnnotationKeyPattern) +
                                     ": " + json_quote(kAnnotationValuePattern) + " } }";
  return R"({
  "version": "1.0.0",
  "hook": {
    "path": )" +
         json_quote(entry.hook) + R"(,
    "args": [)" +
         json_quote(oci::kHookName) + R"(],
    "timeout": )" +
         std::to_string(kHookTimeoutSeconds) + R"(
  },
  "when": )" +
         when + R"(,
  "stages": ["createRuntime")" +
         (entry.precreate ? ", \"precreate\"" : "") + "]\n}\n";
}

Result<Engines> plan_hooks_d(const host::RootDir& root, const Engine& engine,
                             const InstallRequest& request, FilePlan& plan) {
  const Result<List> directories = hooks_directories(root, *engine.hooks_d);
  if (!directories) {
    return directories.error();
  }
  const Result<std::string> directory = hooks_directory(root, *engine.hooks_d, *directories);
  if (!directory) {
    return directory.error();
  }
  Result<Engines> refusing = readers_of(root, *directory, engine);
  if (!refusing) {
    return refusing;
  }
  std::erase_if(*refusing, [](const Engine* other) { return !other->hooks_d->refuses_precreate; });
  const std::string file = file_in(*directory);
  const Result<std::optional<std::string>> before = root.read(file);
  if (!before) {
    return before.error();
  }
  const bool was_for_all = guards_always(before->value_or(""));
  Status planned = plan_own_file(
      root, plan, file,
      hooks_d_text({.hook = request.programs.hook,
                    .all_containers = request.all_containers || was_for_all,
                    .precreate = !engine.hooks_d->refuses_precreate && refusing->empty()}),
      is_our_registration);
  if (!planned) {
    return std::move(planned).error();
  }
  if (was_for_all && !request.all_containers) {
    plan.remarks.emplace_back(kStaysForAll);
  }
  return refusing;
}

Status unplan_hooks_d(const host::RootDir& root, const Engine& engine, FilePlan& plan) {
  const Result<List> known = known_directories(root);
  const Result<List> ours = known ? hooks_directories(root, *engine.hooks_d) : known.error();
  if (!ours) {
    return ours.error();
  }
  std::string places;
  Engines sharing;
  for (const std::string& directory : *known) {
    const Result<Engines> others = readers_of(root, directory, engine);
    if (!others) {
      return others.error();
    }
    if (!others->empty() && !is_among(root, directory, *ours)) {
      continue;
    }
    places += (places.empty() ? "" : ", ") + directory;
    Status planned =
        plan_own_file(root, plan, file_in(directory), std::nullopt, is_our_registration);
    if (!planned) {
      return planned;
    }
    if (root.has(file_in(directory))) {
      sharing.insert(sharing.end(), others->begin(), others->end());
    }
  }
  if (!changes_anything(plan)) {
    plan.remarks.push_back("looked in " + places +
                           "; a file in a directory that was configured before stays there");
  } else if (!sharing.empty()) {
    sharing.push_back(&engine);
    plan.notes.push_back(titles_of(sharing) +
                         " read the same directory: the hook is gone for both");
  }
  return Ok{};
}

}  // namespace sg::engines
