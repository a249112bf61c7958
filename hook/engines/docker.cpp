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
#include "engines/wrapper.h"
#include "host/find_program.h"
#include "host/runtime_settings.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {
namespace {

constexpr std::array kTraps{
    VersionTrap{{24, 0, 0}, "has no docker run --annotation", "use 24.0 or later"}};

constexpr const char* kQuotedDaemonJson = "'/etc/docker/daemon.json'";

// Adds a change of the file to what `edit` makes of it, a function of its text and name; none where
// there is no file before and after.
template <typename Edit>
Status plan_edit(const host::RootDir& root, FilePlan& plan, const std::string& path,
                 const Edit& edit) {
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

// Is the wrapper the default runtime, and does it guard every container? Settings that the wrapper
// would refuse are an error here, before Docker starts containers by it.
Result<bool> guards_all(const host::RootDir& root) {
  const Result<std::optional<RuntimeEntry>> runtime = runtime_of(root, kQuotedDaemonJson);
  const Result<host::RuntimeSettings> settings = runtime_settings_of(root);
  if (!runtime || !settings) {
    return runtime ? settings.error() : runtime.error();
  }
  return *runtime && (*runtime)->is_default && settings->all_containers;
}

// The default runtime that daemon.json has, with its path as the wrapper needs it: Docker looks a
// bare name up in its PATH.
Result<std::optional<DefaultRuntime>> runtime_to_chain(const host::RootDir& root,
                                                       const FileText& daemon_json) {
  Result<std::optional<DefaultRuntime>> found =
      find_default_runtime(daemon_json, kQuotedDaemonJson);
  if (!found || !*found || (*found)->path.empty() || (*found)->path.starts_with('/')) {
    return found;
  }
  std::string& path = (*found)->path;
  for (const std::string_view directory : host::trusted_directories()) {
    const std::string candidate = std::string(directory).append("/").append(path);
    if (root.has(candidate)) {
      path = candidate;
      return found;
    }
  }
  return Error{Errc::kBadInput,
               std::string(kQuotedDaemonJson) + ": the default runtime '" +
                   escape((*found)->name, 64) + "' is the program '" + escape(path, 64) +
                   "', which is in no directory of programs",
               "write its absolute path there"};
}

// With the wrapper as the default runtime it starts every container: runtime.json makes it guard
// every one, and names the runtime that was the default until now.
Status plan_for_all(const host::RootDir& root, const FileText& daemon_json, FilePlan& plan) {
  const Result<std::optional<DefaultRuntime>> chained = runtime_to_chain(root, daemon_json);
  if (!chained) {
    return chained.error();
  }
  if (*chained) {
    const std::string& path = (*chained)->path;
    plan.notes.push_back("the default runtime \"" + escape((*chained)->name, 64) +
                         "\" is now started by ours" +
                         (path.empty() ? "" : ": '" + escape(path) + "'"));
  }
  return plan_edit(root, plan, host::kRuntimeSettingsFile,
                   [&chained](const FileText& text, const std::string& what) {
                     return guard_all_containers(text, what, *chained);
                   });
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
  if (request.all_containers) {
    if (Status planned = plan_for_all(root, *before, plan); !planned) {
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
  const Result<host::RuntimeSettings> settings = runtime_settings_of(root);
  if (!runtime || !settings) {
    return runtime ? settings.error() : runtime.error();
  }
  const auto remove = [&settings](const FileText& text, const std::string& what) {
    return remove_runtime(text, what, settings->docker_default);
  };
  Status planned = plan_edit(root, plan, kDaemonJson, remove);
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
  std::vector<Check> checks = check_wrapper(root, engine, wrapper, kDaemonJson);
  check_cdi(root, engine, checks);
  if (checks.empty()) {
    const Result<host::RuntimeSettings> settings = runtime_settings_of(root);
    checks.push_back({"hook:docker", CheckStatus::kOk,
                      std::string("runtime \"sysctl-guard\" in ") + kDaemonJson +
                          whom(**runtime, settings && settings->all_containers),
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
    .apparmor_naming = "--security-opt apparmor=",
    .runs_wrapper = true,
    .uses_cdi = uses_cdi,
    .plan = plan_docker,
    .unplan = unplan_docker,
    .reaches_all = reaches_all,
    .check = check_docker};

}  // namespace sg::engines
