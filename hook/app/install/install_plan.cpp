// SPDX-License-Identifier: Apache-2.0
// install_plan.cpp - one pair of functions for each engine: the files to write, and the same undone.
//
// What makes an engine start the hook is written last and removed first: Podman and CRI-O start a container
// unguarded where a hooks.d file names a program that is not there.
#include "app/install/install_plan.h"

#include "app/install/daemon_json.h"
#include "app/install/plan_cdi.h"
#include "app/install/plan_containerd.h"
#include "app/install/plan_hooks_d.h"
#include "app/install/runtime_json.h"
#include "host/runtime_settings.h"

namespace sg::app {
namespace {

std::string quoted(std::string_view path) { return "'" + std::string(path) + "'"; }

// Docker's default runtime is the wrapper for every container, and this file makes it guard every one.
Status plan_runtime_json(const host::RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> before = root.read(host::kRuntimeSettingsFile);
  if (!before) {
    return before.error();
  }
  Result<std::string> after = guard_all_containers(*before, quoted(host::kRuntimeSettingsFile));
  return after ? plan_file(root, plan, host::kRuntimeSettingsFile, *std::move(after))
               : std::move(after).error();
}

Status unplan_runtime_json(const host::RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> before = root.read(host::kRuntimeSettingsFile);
  if (!before || !*before) {
    return before ? Status(Ok{}) : before.error();
  }
  Result<std::optional<std::string>> after =
      guard_annotated_containers(**before, quoted(host::kRuntimeSettingsFile));
  return after ? plan_file(root, plan, host::kRuntimeSettingsFile, *std::move(after))
               : std::move(after).error();
}

// Is the wrapper the default runtime, and does it guard every container? Settings that the wrapper would refuse are
// an error here, before Docker starts containers by it.
Result<bool> guards_all(const host::RootDir& root, const std::optional<std::string>& daemon_json) {
  const Result<std::optional<RuntimeEntry>> runtime =
      daemon_json ? find_docker_runtime(*daemon_json, quoted(kDaemonJson))
                  : std::optional<RuntimeEntry>();
  const Result<std::optional<std::string>> text = root.read(host::kRuntimeSettingsFile);
  if (!runtime || !text) {
    return runtime ? text.error() : runtime.error();
  }
  const Result<host::RuntimeSettings> settings =
      *text ? host::parse_runtime_settings(**text) : host::RuntimeSettings{};
  if (!settings) {
    return settings.error();
  }
  return *runtime && (*runtime)->is_default && settings->all_containers;
}

Status plan_docker(const host::RootDir& root, const InstallRequest& request, FilePlan& plan) {
  if (Status planned = plan_cdi(root, request, plan); !planned) {
    return planned;
  }
  const Result<std::optional<std::string>> before = root.read(kDaemonJson);
  if (!before) {
    return before.error();
  }
  Result<std::string> after =
      add_runtime(*before, quoted(kDaemonJson),
                  {.path = request.programs.runtime, .is_default = request.all_containers});
  if (!after) {
    return std::move(after).error();
  }
  const Result<bool> was_for_all = guards_all(root, *before);
  if (!was_for_all) {
    return was_for_all.error();
  }
  if (*was_for_all && !request.all_containers) {
    plan.remarks.emplace_back(kStaysForAll);
  }
  Status planned = request.all_containers ? plan_runtime_json(root, plan) : Status(Ok{});
  if (!planned) {
    return planned;
  }
  plan.notes.emplace_back("make Docker read its file again: systemctl reload docker");
  plan.notes.emplace_back(
      "CDI devices need \"features\": {\"cdi\": true} in daemon.json with Docker 25.0 to 28.1; the "
      "runtime does not");
  return plan_file(root, plan, kDaemonJson, *std::move(after));
}

Status unplan_docker(const host::RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> before = root.read(kDaemonJson);
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
    const auto runtime = find_docker_runtime(**before, quoted(kDaemonJson));
    if (runtime && *runtime && !(*runtime)->is_ours) {
      plan.remarks.push_back("the runtime \"sysctl-guard\" in " + std::string(kDaemonJson) +
                             " was not made by sysctl-guard and stays");
    }
    plan.notes.emplace_back(
        runtime && *runtime && (*runtime)->is_default
            ? "restart Docker: systemctl restart docker; with a reload it keeps its default runtime"
            : "make Docker read its file again: systemctl reload docker");
  }
  if (Status planned = unplan_runtime_json(root, plan); !planned) {
    return planned;
  }
  return unplan_cdi(root, Engine::kDocker, plan);
}

}  // namespace

Result<FilePlan> plan_install(const host::RootDir& root, const InstallRequest& request,
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

Result<FilePlan> plan_uninstall(const host::RootDir& root, Engine engine) {
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
