// SPDX-License-Identifier: Apache-2.0
// docker.cpp - Docker runs the hook by the wrapper, a runtime in daemon.json; CDI devices guard by
// the hook itself.
//
// `doctor` follows the registration from daemon.json to the programs at its end. On this system the
// wrapper's own functions are asked; below another root owners are set later, and PATH is not that
// system's, so only what the files say is looked at there.
#include <array>
#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "engines/cdi.h"
#include "engines/daemon_json.h"
#include "engines/engine.h"
#include "engines/wrapper_settings.h"
#include "host/find_program.h"
#include "host/runtime_settings.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {

extern const Engine kDocker;

namespace {

constexpr std::array kTraps{
    VersionTrap{{24, 0, 0}, "has no docker run --annotation", "use 24.0 or later"}};

std::string quoted(std::string_view path) { return "'" + std::string(path) + "'"; }

// Docker's default runtime is the wrapper for every container, and this file makes it guard every
// one.
Status plan_settings(const host::RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> before = root.read(host::kRuntimeSettingsFile);
  if (!before) {
    return before.error();
  }
  Result<std::string> after = guard_all_containers(*before, quoted(host::kRuntimeSettingsFile));
  return after ? plan_file(root, plan, host::kRuntimeSettingsFile, *std::move(after))
               : std::move(after).error();
}

Status unplan_settings(const host::RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> before = root.read(host::kRuntimeSettingsFile);
  if (!before || !*before) {
    return before ? Status(Ok{}) : before.error();
  }
  Result<std::optional<std::string>> after =
      guard_annotated_containers(**before, quoted(host::kRuntimeSettingsFile));
  return after ? plan_file(root, plan, host::kRuntimeSettingsFile, *std::move(after))
               : std::move(after).error();
}

// Is the wrapper the default runtime, and does it guard every container? Settings that the wrapper
// would refuse are an error here, before Docker starts containers by it.
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
  Status planned = request.all_containers ? plan_settings(root, plan) : Status(Ok{});
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
  if (Status planned = unplan_settings(root, plan); !planned) {
    return planned;
  }
  return unplan_cdi(root, kDocker, plan);
}

Result<bool> uses_cdi(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(kDaemonJson);
  if (!text || !*text) {
    return text ? Result<bool>(false) : Result<bool>(text.error());
  }
  const auto runtime = find_docker_runtime(**text, quoted(kDaemonJson));
  return runtime ? Result<bool>(*runtime && (*runtime)->is_ours) : Result<bool>(runtime.error());
}

// The hook that the wrapper at `runtime` puts into config.json.
Status find_hook_of(const host::RootDir& root, const std::string& runtime) {
  const Result<std::string> real = root.locate(runtime);
  if (!real) {
    return real.error();
  }
  if (root.is_this_system()) {
    const Result<std::string> hook = host::find_hook(*real);
    return hook ? Status(Ok{}) : hook.error();
  }
  const std::string here = runtime.substr(0, runtime.rfind('/') + 1);
  const std::string beside = here + std::string(oci::kHookName);
  return require_program(root, root.has(beside) ? beside : here + SG_HOOK_FROM_BIN, "hook");
}

Result<host::RuntimeSettings> settings_of(const host::RootDir& root) {
  if (root.is_this_system()) {
    return host::read_runtime_settings();
  }
  const Result<std::optional<std::string>> text = root.read(host::kRuntimeSettingsFile);
  if (!text) {
    return text.error();
  }
  return *text ? host::parse_runtime_settings(**text) : host::RuntimeSettings{};
}

// runc or crun, as the wrapper finds it.
Status find_real_runtime(const host::RootDir& root, const std::string& wrapper,
                         const std::string& configured) {
  if (!configured.empty()) {
    const Result<std::string> real = root.locate(configured);
    const Result<std::string> ours = root.locate(wrapper);
    if (real && ours && *real == *ours) {
      return Error{Errc::kUnsupported,
                   "runtime '" + escape(configured) + "': is the wrapper itself",
                   std::string("name runc or crun in ") + host::kRuntimeSettingsFile};
    }
  }
  if (root.is_this_system()) {
    const char* const path = std::getenv("PATH");
    const Result<std::string> found =
        host::find_runtime(configured, path == nullptr ? "" : path, host::trusted_directories());
    return found ? Status(Ok{}) : found.error();
  }
  if (!configured.empty()) {
    return require_program(root, configured, "runtime");
  }
  for (const std::string_view directory : host::trusted_directories()) {
    for (const char* name : {"/runc", "/crun"}) {
      if (root.has(std::string(directory) + name)) {
        return Ok{};
      }
    }
  }
  return Error{Errc::kUnsupported, "no runtime: neither runc nor crun is there",
               std::string("install one, or name it in ") + host::kRuntimeSettingsFile};
}

std::string whom(const RuntimeEntry& runtime, bool all_containers) {
  const std::string containers =
      all_containers ? ", for all containers" : ", for containers with annotations";
  return runtime.is_default ? ", the default one" + containers : all_containers ? containers : "";
}

std::vector<Check> check_docker(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(kDaemonJson);
  if (!text) {
    return {failed_check(kDocker, "", text.error())};
  }
  if (!*text) {
    return {not_registered(kDocker)};
  }
  const Result<std::optional<RuntimeEntry>> runtime = find_docker_runtime(**text, kDaemonJson);
  if (!runtime) {
    return {failed_check(kDocker, "", runtime.error())};
  }
  if (!*runtime) {
    return {not_registered(kDocker)};
  }
  const std::string& wrapper = (*runtime)->path;
  if (const Status there = require_program(root, wrapper, "runtime"); !there) {
    return {failed_check(kDocker, kDaemonJson, there.error())};
  }
  std::vector<Check> checks;
  const std::string noun = "runtime \"sysctl-guard\" refuses containers";
  if (const Status hook = find_hook_of(root, wrapper); !hook) {
    checks.push_back(failed_check(kDocker, noun, hook.error()));
  }
  const Result<host::RuntimeSettings> settings = settings_of(root);
  if (!settings) {
    checks.push_back(failed_check(kDocker, noun, settings.error()));
  } else if (const Status real = find_real_runtime(root, wrapper, settings->runtime); !real) {
    checks.push_back(failed_check(kDocker, noun, real.error()));
  }
  check_cdi(root, kDocker, checks);
  if (checks.empty()) {
    checks.push_back({"hook:docker", CheckStatus::kOk,
                      std::string("runtime \"sysctl-guard\" in ") + kDaemonJson +
                          whom(**runtime, settings->all_containers),
                      ""});
  }
  return checks;
}

}  // namespace

constexpr Engine kDocker{
    // Docker's command alone may talk to another host: the engine is dockerd.
    .program = {"docker", "dockerd", kTraps},
    .summary = "the runtime \"sysctl-guard\" in daemon.json, and CDI devices",
    .apparmor_profile = "docker-default",
    .apparmor_remedy =
        "--security-opt apparmor=PROFILE with one that permits the names, or apparmor=unconfined",
    .runs_wrapper = true,
    .uses_cdi = uses_cdi,
    .plan = plan_docker,
    .unplan = unplan_docker,
    .check = check_docker};

}  // namespace sg::engines
