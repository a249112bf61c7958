// SPDX-License-Identifier: Apache-2.0
// install_plan.cpp - one pair of functions for each engine: the files to write, and the same undone.
//
// What makes an engine start the hook is written last and removed first: Podman and CRI-O start a container
// unguarded where a hooks.d file names a program that is not there.
#include "app/install_plan.h"

#include <algorithm>

#include "app/cdi_spec.h"
#include "app/containerd_config.h"
#include "app/daemon_json.h"
#include "app/hooks_d.h"
#include "app/runtime_json.h"
#include "app/runtime_settings.h"

namespace sg::app {
namespace {

constexpr const char* kDaemonJson = "/etc/docker/daemon.json";
constexpr const char* kCdiDirectory = "/etc/cdi";

std::string quoted(std::string_view path) { return "'" + std::string(path) + "'"; }

// The file of an engine, read for a plan. Errors as RootDir::read, with the file's name.
Result<std::optional<std::string>> read(const RootDir& root, std::string_view path) {
  return root.read(std::string(path));
}

// --- hooks.d -------------------------------------------------------------------------------------

bool shares_directory(const RootDir& root) {
  const std::vector<std::string> podman = hooks_directories(root, Engine::kPodman);
  const std::vector<std::string> crio = hooks_directories(root, Engine::kCrio);
  return has_crio(root) && std::ranges::any_of(podman, [&crio](const std::string& directory) {
           return std::ranges::find(crio, directory) != crio.end();
         });
}

void note_hooks_d(const RootDir& root, const InstallRequest& request, FilePlan& plan) {
  if (request.engine == Engine::kCrio) {
    plan.notes.emplace_back("restart CRI-O (systemctl restart crio) if the directory is new");
    const std::optional<std::string>& before = plan.changes.back().before;
    if (before && before->find("\"precreate\"") != std::string::npos) {
      plan.notes.emplace_back(
          "Podman no longer opens /proc/sys by itself here: CRI-O refuses to start a container by "
          "a file "
          "with the precreate stage");
    }
    return;
  }
  plan.notes.emplace_back("nothing to restart: the next container is started with the hook");
  if (shares_directory(root)) {
    plan.notes.emplace_back(
        "CRI-O reads this directory too, so the precreate stage, which it refuses, is left out: "
        "containers "
        "need --security-opt unmask=/proc/sys");
  }
}

Status plan_hooks_d(const RootDir& root, const InstallRequest& request, FilePlan& plan) {
  const Result<std::string> directory = hooks_directory(root, request.engine);
  if (!directory) {
    return directory.error();
  }
  const bool precreate = request.engine == Engine::kPodman && !shares_directory(root);
  Status planned = plan_file(root, plan, *directory + "/" + std::string(kHooksDFile),
                             hooks_d_text({.hook = request.programs.hook,
                                           .all_containers = request.all_containers,
                                           .precreate = precreate}));
  if (planned) {
    note_hooks_d(root, request, plan);
  }
  return planned;
}

Status unplan_hooks_d(const RootDir& root, Engine engine, FilePlan& plan) {
  std::vector<std::string> directories = hooks_directories(root, engine);
  directories.emplace_back(kHooksDDefault);
  std::ranges::sort(directories);
  directories.erase(std::unique(directories.begin(), directories.end()), directories.end());
  for (const std::string& directory : directories) {
    if (Status planned =
            plan_file(root, plan, directory + "/" + std::string(kHooksDFile), std::nullopt);
        !planned) {
      return planned;
    }
    plan.directories.push_back(directory);
  }
  plan.directories.push_back(std::string(kHooksDDefault.substr(0, kHooksDDefault.rfind('/'))));
  if (shares_directory(root) && changes_anything(plan)) {
    plan.notes.emplace_back("Podman and CRI-O read the same directory: the hook is gone for both");
  }
  return Ok{};
}

// --- CDI -----------------------------------------------------------------------------------------

Status plan_cdi(const RootDir& root, const InstallRequest& request, FilePlan& plan) {
  for (const std::string& profile : request.policy.profiles) {
    if (!is_device_name(profile)) {
      plan.notes.push_back("profile '" + profile +
                           "' cannot be the name of a CDI device: left out");
    }
  }
  return plan_file(root, plan, std::string(kCdiFile),
                   cdi_spec_text(request.programs.hook, request.policy.profiles));
}

Result<bool> docker_uses_us(const RootDir& root) {
  const Result<std::optional<std::string>> text = read(root, kDaemonJson);
  if (!text || !*text) {
    return text ? Result<bool>(false) : Result<bool>(text.error());
  }
  const auto runtime = find_docker_runtime(**text, quoted(kDaemonJson));
  return runtime ? Result<bool>(runtime->has_value()) : Result<bool>(runtime.error());
}

Result<bool> containerd_uses_us(const RootDir& root) {
  const Result<std::optional<std::string>> text = read(root, kContainerdConfig);
  if (!text) {
    return text.error();
  }
  return root.has(std::string(kContainerdDropIn)) || (*text && remove_handler(**text) != **text);
}

// The specification goes, unless the other engine that was installed with it still is.
Status unplan_cdi(const RootDir& root, const Result<bool>& other, FilePlan& plan) {
  if (!other) {
    return other.error();
  }
  if (*other) {
    plan.notes.push_back(std::string(kCdiFile) + " stays: another engine is installed with it");
    return Ok{};
  }
  plan.directories.emplace_back(kCdiDirectory);
  return plan_file(root, plan, std::string(kCdiFile), std::nullopt);
}

// --- Docker --------------------------------------------------------------------------------------

// The default runtime is the wrapper for every container, and this file makes it guard every one. One that
// the wrapper would refuse is found here, before Docker starts containers by it.
Status plan_runtime_json(const RootDir& root, bool all_containers, FilePlan& plan) {
  const Result<std::optional<std::string>> before = read(root, kRuntimeSettingsFile);
  if (!before) {
    return before.error();
  }
  if (!all_containers) {
    const Result<RuntimeSettings> settings =
        *before ? parse_runtime_settings(**before) : RuntimeSettings{};
    return settings ? Status(Ok{}) : settings.error();
  }
  Result<std::string> after = guard_all_containers(*before, quoted(kRuntimeSettingsFile));
  return after ? plan_file(root, plan, kRuntimeSettingsFile, *std::move(after))
               : std::move(after).error();
}

Status unplan_runtime_json(const RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> before = read(root, kRuntimeSettingsFile);
  if (!before || !*before) {
    return before ? Status(Ok{}) : before.error();
  }
  Result<std::optional<std::string>> after =
      guard_annotated_containers(**before, quoted(kRuntimeSettingsFile));
  return after ? plan_file(root, plan, kRuntimeSettingsFile, *std::move(after))
               : std::move(after).error();
}

Status plan_docker(const RootDir& root, const InstallRequest& request, FilePlan& plan) {
  if (Status planned = plan_cdi(root, request, plan); !planned) {
    return planned;
  }
  const Result<std::optional<std::string>> before = read(root, kDaemonJson);
  if (!before) {
    return before.error();
  }
  Result<std::string> after =
      add_runtime(*before, quoted(kDaemonJson),
                  {.path = request.programs.runtime, .is_default = request.all_containers});
  if (!after) {
    return std::move(after).error();
  }
  if (Status planned = plan_runtime_json(root, request.all_containers, plan); !planned) {
    return planned;
  }
  plan.notes.emplace_back("make Docker read its file again: systemctl reload docker");
  plan.notes.emplace_back(
      "CDI devices need \"features\": {\"cdi\": true} in daemon.json with Docker 25.0 to 28.1; the "
      "runtime does not");
  return plan_file(root, plan, kDaemonJson, *std::move(after));
}

Status unplan_docker(const RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> before = read(root, kDaemonJson);
  if (!before) {
    return before.error();
  }
  if (*before) {
    Result<std::optional<std::string>> after = remove_runtime(**before, quoted(kDaemonJson));
    if (!after) {
      return std::move(after).error();
    }
    if (Status planned = plan_file(root, plan, kDaemonJson, *std::move(after)); !planned) {
      return planned;
    }
    plan.directories.emplace_back("/etc/docker");
    plan.notes.emplace_back("make Docker read its file again: systemctl reload docker");
  }
  if (Status planned = unplan_runtime_json(root, plan); !planned) {
    return planned;
  }
  return unplan_cdi(root, containerd_uses_us(root), plan);
}

// --- containerd ----------------------------------------------------------------------------------

void note_containerd(const ContainerdConfig& config, bool all_containers, FilePlan& plan) {
  if (config.version >= 3 && !config.imports_drop_in) {
    plan.notes.push_back(
        "add this line to " + std::string(kContainerdConfig) +
        ", above its first [table]: imports = [\"/etc/containerd/conf.d/*.toml\"]");
  }
  if (config.version == 2 && all_containers) {
    plan.notes.push_back(
        "add this line to the table [plugins.\"io.containerd.grpc.v1.cri\".containerd] of " +
        std::string(kContainerdConfig) + ": default_runtime_name = \"sysctl-guard\"");
  }
  plan.notes.emplace_back("restart containerd: systemctl restart containerd");
}

Status plan_containerd(const RootDir& root, const InstallRequest& request,
                       const std::string& base_spec, FilePlan& plan) {
  const Result<std::optional<std::string>> text = read(root, kContainerdConfig);
  if (!text) {
    return text.error();
  }
  if (!*text) {
    return Error{Errc::kBadInput, quoted(kContainerdConfig) + ": is not there",
                 "make one first: containerd config default > " + std::string(kContainerdConfig)};
  }
  const Result<ContainerdConfig> config = read_containerd_config(remove_handler(**text));
  if (!config) {
    return config.error();
  }
  Result<std::string> spec = base_spec_text(base_spec, request.programs.hook);
  if (!spec) {
    return std::move(spec).error();
  }
  note_containerd(*config, request.all_containers, plan);
  Status planned = plan_file(root, plan, std::string(kContainerdBaseSpec), *std::move(spec));
  if (planned) {
    planned = plan_cdi(root, request, plan);
  }
  if (!planned) {
    return planned;
  }
  return config->version == 2
             ? plan_file(root, plan, std::string(kContainerdConfig), add_handler(**text, *config))
             : plan_file(root, plan, std::string(kContainerdDropIn),
                         drop_in_text(*config, request.all_containers));
}

Status unplan_containerd(const RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> text = read(root, kContainerdConfig);
  if (!text) {
    return text.error();
  }
  Status planned = Ok{};
  if (*text) {
    planned = plan_file(root, plan, std::string(kContainerdConfig), remove_handler(**text));
  }
  for (const std::string_view file : {kContainerdDropIn, kContainerdBaseSpec}) {
    if (planned) {
      planned = plan_file(root, plan, std::string(file), std::nullopt);
    }
  }
  if (!planned) {
    return planned;
  }
  plan.directories.emplace_back("/etc/containerd/conf.d");
  plan.notes.emplace_back("restart containerd: systemctl restart containerd");
  return unplan_cdi(root, docker_uses_us(root), plan);
}

}  // namespace

Result<FilePlan> plan_install(const RootDir& root, const InstallRequest& request,
                              const std::string& base_spec) {
  FilePlan plan;
  Status planned = Ok{};
  switch (request.engine) {
    case Engine::kPodman:
    case Engine::kCrio:
      planned = plan_hooks_d(root, request, plan);
      break;
    case Engine::kDocker:
      planned = plan_docker(root, request, plan);
      break;
    case Engine::kContainerd:
      planned = plan_containerd(root, request, base_spec, plan);
      break;
  }
  return planned ? Result<FilePlan>(std::move(plan)) : std::move(planned).error();
}

Result<FilePlan> plan_uninstall(const RootDir& root, Engine engine) {
  FilePlan plan;
  Status planned = Ok{};
  switch (engine) {
    case Engine::kPodman:
    case Engine::kCrio:
      planned = unplan_hooks_d(root, engine, plan);
      break;
    case Engine::kDocker:
      planned = unplan_docker(root, plan);
      break;
    case Engine::kContainerd:
      planned = unplan_containerd(root, plan);
      break;
  }
  return planned ? Result<FilePlan>(std::move(plan)) : std::move(planned).error();
}

}  // namespace sg::app
