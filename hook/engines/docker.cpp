// SPDX-License-Identifier: Apache-2.0
// docker.cpp - Docker runs the hook by the wrapper, a runtime in daemon.json; CDI devices guard by
// the hook itself.
//
// `doctor` follows the registration from daemon.json to the programs at its end. On this system the
// wrapper's own functions are asked; below another root owners are set later, and PATH is not that
// system's, so only what the files say is looked at there.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.h"
#include "engines/cdi.h"
#include "engines/docker_files.h"
#include "host/find_program.h"
#include "host/runtime_settings.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {
namespace {

constexpr std::array kTraps{
    VersionTrap{{24, 0, 0}, "has no docker run --annotation", "use 24.0 or later"}};

constexpr const char* kQuotedDaemonJson = "'/etc/docker/daemon.json'";

// Adds a change of the file to what `edit` makes of it; none where there is no file before and
// after.
Status plan_edit(const host::RootDir& root, FilePlan& plan, const std::string& path,
                 Result<FileText> (*edit)(const FileText& text, const std::string& what)) {
  const Result<FileText> before = root.read(path);
  const Result<FileText> after = before ? edit(*before, "'" + path + "'") : before.error();
  if (!after) {
    return after.error();
  }
  if (*before || *after) {
    plan.changes.push_back({path, *before, *after});
  }
  return Ok{};
}

// Our runtime in daemon.json, which messages call `what`.
Result<std::optional<RuntimeEntry>> runtime_of(const host::RootDir& root, const std::string& what) {
  const Result<FileText> text = root.read(kDaemonJson);
  return text ? find_docker_runtime(*text, what) : text.error();
}

Result<host::RuntimeSettings> settings_in_file(const host::RootDir& root) {
  const Result<FileText> text = root.read(host::kRuntimeSettingsFile);
  if (!text) {
    return text.error();
  }
  return *text ? host::parse_runtime_settings(**text) : host::RuntimeSettings{};
}

// Is the wrapper the default runtime, and does it guard every container? Settings that the wrapper
// would refuse are an error here, before Docker starts containers by it.
Result<bool> guards_all(const host::RootDir& root) {
  const Result<std::optional<RuntimeEntry>> runtime = runtime_of(root, kQuotedDaemonJson);
  const Result<host::RuntimeSettings> settings = settings_in_file(root);
  if (!runtime || !settings) {
    return runtime ? settings.error() : runtime.error();
  }
  return *runtime && (*runtime)->is_default && settings->all_containers;
}

Status plan_docker(const host::RootDir& root, const Engine& /*engine*/,
                   const InstallRequest& request, FilePlan& plan) {
  if (Status planned = plan_cdi(root, request, plan); !planned) {
    return planned;
  }
  const Result<FileText> before = root.read(kDaemonJson);
  const RuntimeEntry entry{.path = request.programs.runtime, .is_default = request.all_containers};
  Result<FileText> after = before ? add_runtime(*before, kQuotedDaemonJson, entry) : before.error();
  if (!after) {
    return std::move(after).error();
  }
  const Result<bool> was_for_all = guards_all(root);
  if (!was_for_all) {
    return was_for_all.error();
  }
  if (*was_for_all && !request.all_containers) {
    plan.remarks.emplace_back(kStaysForAll);
  }
  // With the wrapper as the default runtime it starts every container: this file makes it guard
  // every one.
  if (request.all_containers) {
    Status planned = plan_edit(root, plan, host::kRuntimeSettingsFile, guard_all_containers);
    if (!planned) {
      return planned;
    }
  }
  plan.notes.emplace_back("make Docker read its file again: systemctl reload docker");
  plan.notes.emplace_back(
      "CDI devices need \"features\": {\"cdi\": true} in daemon.json with Docker 25.0 to 28.1; the "
      "runtime does not");
  plan.changes.push_back({kDaemonJson, *before, *std::move(after)});
  return Ok{};
}

Status unplan_docker(const host::RootDir& root, const Engine& engine, FilePlan& plan) {
  const Result<std::optional<RuntimeEntry>> runtime = runtime_of(root, kQuotedDaemonJson);
  Status planned =
      runtime ? plan_edit(root, plan, kDaemonJson, remove_runtime) : Status(runtime.error());
  if (!planned) {
    return planned;
  }
  if (*runtime && !(*runtime)->is_ours) {
    plan.remarks.push_back("the runtime \"sysctl-guard\" in " + std::string(kDaemonJson) +
                           " was not made by sysctl-guard and stays");
  }
  if (!plan.changes.empty()) {
    plan.notes.emplace_back(
        *runtime && (*runtime)->is_default
            ? "restart Docker: systemctl restart docker; with a reload it keeps its default runtime"
            : "make Docker read its file again: systemctl reload docker");
  }
  planned = plan_edit(root, plan, host::kRuntimeSettingsFile, guard_annotated_containers);
  return planned ? unplan_cdi(root, engine, plan) : planned;
}

Result<bool> uses_cdi(const host::RootDir& root) {
  const Result<std::optional<RuntimeEntry>> runtime = runtime_of(root, kQuotedDaemonJson);
  return runtime ? Result<bool>(*runtime && (*runtime)->is_ours) : runtime.error();
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
  const auto has_one = [&root](std::string_view directory) {
    return root.has(std::string(directory) + "/runc") || root.has(std::string(directory) + "/crun");
  };
  if (std::ranges::any_of(host::trusted_directories(), has_one)) {
    return Ok{};
  }
  return Error{Errc::kUnsupported, "no runtime: neither runc nor crun is there",
               std::string("install one, or name it in ") + host::kRuntimeSettingsFile};
}

std::string whom(const RuntimeEntry& runtime, bool all_containers) {
  const std::string containers =
      all_containers ? ", for all containers" : ", for containers with annotations";
  return runtime.is_default ? ", the default one" + containers : all_containers ? containers : "";
}

// The wrapper asks the node policy of every container that it is given.
bool reaches_all(const host::RootDir& root, const Engine& /*engine*/) {
  const Result<std::optional<RuntimeEntry>> runtime = runtime_of(root, kDaemonJson);
  return runtime && *runtime && (*runtime)->is_default;
}

std::vector<Check> check_docker(const host::RootDir& root, const Engine& engine) {
  const Result<std::optional<RuntimeEntry>> runtime = runtime_of(root, kDaemonJson);
  if (!runtime) {
    return {failed_check(engine, "", runtime.error())};
  }
  if (!*runtime) {
    return {not_registered(engine)};
  }
  const std::string& wrapper = (*runtime)->path;
  if (const Status there = require_program(root, wrapper, "runtime"); !there) {
    return {failed_check(engine, kDaemonJson, there.error())};
  }
  std::vector<Check> checks;
  const std::string noun = "runtime \"sysctl-guard\" refuses containers";
  if (const Status hook = find_hook_of(root, wrapper); !hook) {
    checks.push_back(failed_check(engine, noun, hook.error()));
  }
  const Result<host::RuntimeSettings> settings =
      root.is_this_system() ? host::read_runtime_settings() : settings_in_file(root);
  if (!settings) {
    checks.push_back(failed_check(engine, noun, settings.error()));
  } else if (const Status real = find_real_runtime(root, wrapper, settings->runtime); !real) {
    checks.push_back(failed_check(engine, noun, real.error()));
  }
  check_cdi(root, engine, checks);
  if (checks.empty()) {
    checks.push_back({"hook:docker", CheckStatus::kOk,
                      std::string("runtime \"sysctl-guard\" in ") + kDaemonJson +
                          whom(**runtime, settings->all_containers),
                      ""});
  }
  return checks;
}

}  // namespace

extern constexpr Engine kDocker{
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
    .reaches_all = reaches_all,
    .check = check_docker};

}  // namespace sg::engines
