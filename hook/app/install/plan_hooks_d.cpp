// SPDX-License-Identifier: Apache-2.0
// plan_hooks_d.cpp - which directory, which stages, and whose file it is.
#include "app/install/plan_hooks_d.h"

#include <optional>
#include <string>
#include <vector>

#include "app/install/hooks_d.h"
#include "app/install/registrations.h"

namespace sg::app {
namespace {

using List = std::vector<std::string>;

std::string file_in(const std::string& directory) {
  return directory + "/" + std::string(kHooksDFile);
}

bool is_there(const host::RootDir& root, Engine engine) {
  return engine == Engine::kCrio ? has_crio(root)
                                 : root.has("/usr/bin/podman") || root.has("/usr/local/bin/podman");
}

Engine other_than(Engine engine) {
  return engine == Engine::kCrio ? Engine::kPodman : Engine::kCrio;
}

// Is the engine there, and does it read that directory?
Result<bool> reads(const host::RootDir& root, Engine engine, const std::string& directory) {
  if (!is_there(root, engine)) {
    return false;
  }
  const Result<List> directories = hooks_directories(root, engine);
  return directories ? Result<bool>(is_among(root, directory, *directories)) : directories.error();
}

void note_hooks_d(Engine engine, bool is_shared, FilePlan& plan) {
  if (engine == Engine::kCrio) {
    plan.notes.emplace_back("restart CRI-O (systemctl restart crio) if the directory is new");
    const std::optional<std::string>& before = plan.changes.back().before;
    if (before && before->find("\"precreate\"") != std::string::npos) {
      plan.notes.emplace_back(
          "Podman no longer opens /proc/sys by itself here: CRI-O refuses to start a container by "
          "a file with the precreate stage");
    }
    return;
  }
  plan.notes.emplace_back("nothing to restart: the next container is started with the hook");
  if (is_shared) {
    plan.notes.emplace_back(
        "CRI-O reads this directory too, so the precreate stage, which it refuses, is left out: "
        "containers need --security-opt unmask=/proc/sys");
  }
}

}  // namespace

Status plan_hooks_d(const host::RootDir& root, const InstallRequest& request, FilePlan& plan) {
  const Result<List> directories = hooks_directories(root, request.engine);
  if (!directories) {
    return directories.error();
  }
  const Result<std::string> directory = hooks_directory(root, request.engine, *directories);
  if (!directory) {
    return directory.error();
  }
  const Result<bool> is_shared = reads(root, Engine::kCrio, *directory);
  if (!is_shared) {
    return is_shared.error();
  }
  const std::string file = file_in(*directory);
  const Result<std::optional<std::string>> before = root.read(file);
  if (!before) {
    return before.error();
  }
  const bool was_for_all = guards_always(before->value_or(""));
  Status planned =
      plan_own_file(root, plan, file,
                    hooks_d_text({.hook = request.programs.hook,
                                  .all_containers = request.all_containers || was_for_all,
                                  .precreate = request.engine == Engine::kPodman && !*is_shared}),
                    is_our_registration);
  if (!planned) {
    return planned;
  }
  if (was_for_all && !request.all_containers) {
    plan.remarks.emplace_back(kStaysForAll);
  }
  note_hooks_d(request.engine, *is_shared, plan);
  return Ok{};
}

Status unplan_hooks_d(const host::RootDir& root, Engine engine, FilePlan& plan) {
  const Result<List> known = known_directories(root);
  const Result<List> ours = known ? hooks_directories(root, engine) : known.error();
  if (!ours) {
    return ours.error();
  }
  std::string places;
  bool is_gone_for_both = false;
  for (const std::string& directory : *known) {
    const Result<bool> is_shared = reads(root, other_than(engine), directory);
    if (!is_shared) {
      return is_shared.error();
    }
    if (*is_shared && !is_among(root, directory, *ours)) {
      continue;
    }
    places += (places.empty() ? "" : ", ") + directory;
    Status planned =
        plan_own_file(root, plan, file_in(directory), std::nullopt, is_our_registration);
    if (!planned) {
      return planned;
    }
    is_gone_for_both = is_gone_for_both || (*is_shared && root.has(file_in(directory)));
  }
  if (is_gone_for_both && changes_anything(plan)) {
    plan.notes.emplace_back("Podman and CRI-O read the same directory: the hook is gone for both");
  }
  if (!changes_anything(plan)) {
    plan.remarks.push_back("looked in " + places +
                           "; a file in a directory that was configured before stays there");
  }
  return Ok{};
}

}  // namespace sg::app
