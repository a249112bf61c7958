// SPDX-License-Identifier: Apache-2.0
// doctor_hooks.cpp - follows a registration from the engine's file to the programs at its end.
//
// On this system the wrapper's own functions are asked; below another root owners are set later, and PATH is
// not that system's, so there only what the files say is looked at.
#include "app/doctor/doctor_hooks.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <string>

#include "host/find_program.h"
#include "app/install/cdi_spec.h"
#include "app/install/containerd_config.h"
#include "app/install/containerd_files.h"
#include "app/install/daemon_json.h"
#include "app/install/hook_call.h"
#include "app/install/hook_path.h"
#include "app/install/registrations.h"
#include "host/runtime_settings.h"
#include "base/json.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr const char* kDocker = "hook:docker";
constexpr const char* kContainerd = "hook:containerd";

Check failure(const std::string& id, const std::string& where, const Error& error) {
  const std::string remedy = error.code == Errc::kSystem ? "let root read it" : "correct the file";
  return {id, CheckStatus::kFailed, (where.empty() ? "" : where + ": ") + error.message,
          error.hint.empty() ? remedy : error.hint};
}

// Every call of the hook in the CDI specification, where there is one of ours.
void check_cdi(const host::RootDir& root, const std::string& id, std::vector<Check>& checks) {
  const Result<std::optional<std::string>> text = root.read(std::string(kCdiFile));
  if (!text) {
    checks.push_back(failure(id, "", text.error()));
    return;
  }
  for (const HookCall& call : cdi_hook_calls(text->value_or(""))) {
    const std::vector<Check> wrong = check_hook_call(root, id, std::string(kCdiFile), call);
    if (!wrong.empty()) {  // the devices differ in their profile alone
      checks.insert(checks.end(), wrong.begin(), wrong.end());
      return;
    }
  }
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
  const std::string beside = here + "sysctl-guard-hook";
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

}  // namespace

std::vector<Check> check_docker(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(kDaemonJson);
  if (!text) {
    return {failure(kDocker, "", text.error())};
  }
  if (!*text) {
    return {not_registered("docker")};
  }
  const Result<std::optional<RuntimeEntry>> runtime = find_docker_runtime(**text, kDaemonJson);
  if (!runtime) {
    return {failure(kDocker, "", runtime.error())};
  }
  if (!*runtime) {
    return {not_registered("docker")};
  }
  const std::string& wrapper = (*runtime)->path;
  if (const Status there = require_program(root, wrapper, "runtime"); !there) {
    return {failure(kDocker, kDaemonJson, there.error())};
  }
  std::vector<Check> checks;
  const std::string noun = "runtime \"sysctl-guard\" refuses containers";
  if (const Status hook = find_hook_of(root, wrapper); !hook) {
    checks.push_back(failure(kDocker, noun, hook.error()));
  }
  const Result<host::RuntimeSettings> settings = settings_of(root);
  if (!settings) {
    checks.push_back(failure(kDocker, noun, settings.error()));
  } else if (const Status real = find_real_runtime(root, wrapper, settings->runtime); !real) {
    checks.push_back(failure(kDocker, noun, real.error()));
  }
  check_cdi(root, kDocker, checks);
  if (checks.empty()) {
    checks.push_back({kDocker, CheckStatus::kOk,
                      std::string("runtime \"sysctl-guard\" in ") + kDaemonJson +
                          whom(**runtime, settings->all_containers),
                      ""});
  }
  return checks;
}

std::vector<Check> check_containerd(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(std::string(kContainerdConfig));
  const Result<std::optional<std::string>> drop_in = root.read(std::string(kContainerdDropIn));
  if (!text || !drop_in) {
    return {failure(kContainerd, "", text ? drop_in.error() : text.error())};
  }
  const std::string file = text->value_or("");
  const bool in_file = remove_handler(file) != file;
  const bool is_registered = in_file || is_our_drop_in(drop_in->value_or(""));
  const Result<ContainerdConfig> config = load_containerd_config(root, remove_handler(file));
  if (!is_registered && config && config->default_runtime == "sysctl-guard" && !config->obstacle) {
    return {{kContainerd, CheckStatus::kFailed,
             std::string(kContainerdConfig) +
                 ": default_runtime_name is \"sysctl-guard\", and there is no such runtime",
             "sysctl-guard install containerd, or remove that line"}};
  }
  if (!is_registered) {
    return {not_registered("containerd")};
  }
  if (!config || config->obstacle) {
    return {failure(kContainerd, "", config ? *config->obstacle : config.error())};
  }
  if (!in_file && !config->imports_drop_in) {
    return {{kContainerd, CheckStatus::kFailed,
             std::string(kContainerdDropIn) +
                 " is not imported, so containerd does not know the handler",
             "write this line into " + std::string(kContainerdConfig) +
                 ", above its first [table], and restart containerd: imports = "
                 "[\"/etc/containerd/conf.d/*.toml\"]"}};
  }
  const Result<std::optional<std::string>> spec = root.read(std::string(kContainerdBaseSpec));
  const std::vector<HookCall> calls =
      spec ? base_spec_hooks(spec->value_or("")) : std::vector<HookCall>();
  std::vector<Check> checks;
  if (calls.empty()) {
    checks.push_back({kContainerd, CheckStatus::kFailed,
                      std::string(kContainerdBaseSpec) + " is missing or without the hook",
                      "sysctl-guard install containerd"});
  } else {
    checks = check_hook_call(root, kContainerd, std::string(kContainerdBaseSpec), calls.front());
  }
  check_cdi(root, kContainerd, checks);
  if (checks.empty()) {
    checks.push_back(
        {kContainerd, CheckStatus::kOk, "registered by " + std::string(kContainerdBaseSpec), ""});
  }
  return checks;
}

}  // namespace sg::app
