// SPDX-License-Identifier: Apache-2.0
// engines.cpp - the table of engines, and what is done with each of them in turn.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engines/apparmor.h"
#include "engines/engine.h"

namespace sg::engines {

extern const Engine kPodman;
extern const Engine kCrio;
extern const Engine kDocker;
extern const Engine kContainerd;

namespace {

constexpr std::array kEngines{&kPodman, &kCrio, &kDocker, &kContainerd};

constexpr std::array kRuncTraps{VersionTrap{
    {1, 1, 0}, "puts containers into no cgroup of version 2 beside version 1", "use 1.1 or later"}};
constexpr std::array kRuntimes{KnownProgram{"runc", "runc", kRuncTraps},
                               KnownProgram{"crun", "crun"}};

constexpr std::string_view kNotRegistered = "the hook is not registered";

// Are these the checks of an engine that runs the hook: registered, and nothing that has failed?
bool runs_hook(const std::vector<Check>& checks) {
  return std::ranges::none_of(checks, [](const Check& check) {
    return check.status == CheckStatus::kFailed || check.summary == kNotRegistered;
  });
}

// A guarded container needs one engine that runs the hook; a bare runtime needs it in config.json.
Check check_any(bool has_engine, bool has_runtime, bool any_registered) {
  if (any_registered) {
    return {"hook", CheckStatus::kOk, "an engine runs the hook", ""};
  }
  if (has_engine) {
    return {"hook", CheckStatus::kFailed, "no engine runs the hook",
            "sysctl-guard install ENGINE, for the engine that you use"};
  }
  if (has_runtime) {
    return {"hook", CheckStatus::kWarning,
            "a runtime alone runs the hook where config.json names it",
            "add it to hooks.createRuntime of each bundle"};
  }
  return {"hook", CheckStatus::kFailed, "neither an engine nor a runtime was found",
          "install one, as Podman or runc"};
}

}  // namespace

std::span<const Engine* const> all_engines() noexcept { return kEngines; }

const Engine* find_engine(std::string_view name) noexcept {
  const auto found =
      std::ranges::find(kEngines, name, [](const Engine* engine) { return engine->program.name; });
  return found == kEngines.end() ? nullptr : *found;
}

std::vector<std::string> names_of_engines() {
  std::vector<std::string> names;
  std::ranges::transform(kEngines, std::back_inserter(names), &Engine::name);
  return names;
}

std::string engine_names() { return join(names_of_engines(), ", "); }

std::string engine_lines() {
  const auto width_of = [](const Engine* engine) { return engine->program.name.size(); };
  const std::size_t width = width_of(std::ranges::max(kEngines, {}, width_of));
  std::string lines;
  for (const Engine* engine : kEngines) {
    const std::string name = engine->name();
    lines += (lines.empty() ? "  " : "\n  ") + name + std::string(width - name.size() + 2, ' ') +
             std::string(engine->summary);
  }
  return lines;
}

Result<FilePlan> plan_install(const host::RootDir& root, const Engine& engine,
                              const InstallRequest& request) {
  FilePlan plan;
  Status planned = plan_profile(root, engine, plan);
  if (planned) {
    planned = engine.plan(root, engine, request, plan);
  }
  return planned ? Result<FilePlan>(std::move(plan)) : std::move(planned).error();
}

Result<FilePlan> plan_uninstall(const host::RootDir& root, const Engine& engine) {
  FilePlan plan;
  Status planned = engine.unplan(root, engine, plan);
  if (planned) {
    planned = unplan_profile(root, engine, plan);
  }
  return planned ? Result<FilePlan>(std::move(plan)) : std::move(planned).error();
}

std::vector<const Engine*> engines_of(const host::RootDir& root) {
  std::vector<const Engine*> there;
  std::ranges::copy_if(kEngines, std::back_inserter(there), [&root](const Engine* engine) {
    return path_of(root, engine->program).has_value();
  });
  return there;
}

std::vector<const Engine*> engines_with_hook(const host::RootDir& root,
                                             std::vector<Error>& doubts) {
  std::vector<const Engine*> with_hook;
  std::vector<const Engine*> candidates = engines_of(root);
  if (candidates.empty()) {
    candidates.assign(kEngines.begin(), kEngines.end());
  }
  for (const Engine* engine : candidates) {
    Result<FilePlan> plan = plan_uninstall(root, *engine);
    if (!plan || changes_anything(*plan)) {
      with_hook.push_back(engine);
    }
    if (!plan) {
      doubts.push_back(std::move(plan).error().context(engine->name()));
    }
  }
  return with_hook;
}

std::vector<Check> check_engines(const host::RootDir& root) {
  std::vector<Check> checks;
  for (const KnownProgram& runtime : kRuntimes) {
    if (std::optional<Check> check = check_program(root, runtime)) {
      checks.push_back(*std::move(check));
    }
  }
  const bool has_runtime = !checks.empty();
  bool has_engine = false;
  bool any_registered = false;
  for (const Engine* engine : kEngines) {
    std::optional<Check> program = check_program(root, engine->program);
    if (!program) {
      continue;
    }
    has_engine = true;
    checks.push_back(*std::move(program));
    const std::vector<Check> hook = engine->check(root, *engine);
    any_registered = any_registered || runs_hook(hook);
    checks.insert(checks.end(), hook.begin(), hook.end());
  }
  checks.push_back(check_any(has_engine, has_runtime, any_registered));
  return checks;
}

std::vector<Check> check_assign(const host::RootDir& root) {
  std::vector<Check> checks;
  for (const Engine* engine : engines_of(root)) {
    if (runs_hook(engine->check(root, *engine)) && !engine->reaches_all(root, *engine)) {
      checks.push_back({"assign:" + engine->name(), CheckStatus::kWarning,
                        "the node policy assigns profiles, and " + engine->name() +
                            " starts the hook only for containers that ask for it",
                        "sysctl-guard install " + engine->name() + " --all-containers"});
    }
  }
  return checks;
}

Check not_registered(const Engine& engine) {
  return {"hook:" + engine.name(), CheckStatus::kWarning, std::string(kNotRegistered),
          "sysctl-guard install " + engine.name()};
}

Check failed_check(const Engine& engine, const std::string& where, const Error& error) {
  const std::string remedy = error.code == Errc::kSystem ? "let root read it" : "correct the file";
  return {"hook:" + engine.name(), CheckStatus::kFailed,
          (where.empty() ? "" : where + ": ") + error.message,
          error.hint.empty() ? remedy : error.hint};
}

}  // namespace sg::engines
