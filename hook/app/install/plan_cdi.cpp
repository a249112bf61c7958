// SPDX-License-Identifier: Apache-2.0
// plan_cdi.cpp - one file for two engines: the last one that is uninstalled takes it along.
#include "app/install/plan_cdi.h"

#include <optional>
#include <string>

#include "app/install/cdi_spec.h"
#include "app/install/containerd_config.h"
#include "app/install/daemon_json.h"

namespace sg::app {
namespace {

bool is_our_specification(std::string_view text) { return !cdi_hook_calls(text).empty(); }

Result<bool> docker_uses_us(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(kDaemonJson);
  if (!text || !*text) {
    return text ? Result<bool>(false) : Result<bool>(text.error());
  }
  const auto runtime = find_docker_runtime(**text, "'" + std::string(kDaemonJson) + "'");
  return runtime ? Result<bool>(*runtime && (*runtime)->is_ours) : Result<bool>(runtime.error());
}

Result<bool> containerd_uses_us(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(std::string(kContainerdConfig));
  const Result<std::optional<std::string>> drop_in = root.read(std::string(kContainerdDropIn));
  if (!text || !drop_in) {
    return text ? drop_in.error() : text.error();
  }
  return is_our_drop_in(drop_in->value_or("")) || (*text && remove_handler(**text) != **text);
}

}  // namespace

Status plan_cdi(const host::RootDir& root, const InstallRequest& request, FilePlan& plan) {
  for (const std::string& profile : request.policy.profiles) {
    if (!is_device_name(profile)) {
      plan.notes.push_back("profile '" + profile +
                           "' cannot be the name of a CDI device: left out");
    }
  }
  return plan_own_file(root, plan, std::string(kCdiFile),
                       cdi_spec_text(request.programs.hook, request.policy.profiles),
                       is_our_specification);
}

Status unplan_cdi(const host::RootDir& root, Engine engine, FilePlan& plan) {
  const Result<bool> other =
      engine == Engine::kDocker ? containerd_uses_us(root) : docker_uses_us(root);
  if (!other) {
    return other.error();
  }
  if (*other) {
    plan.notes.push_back(std::string(kCdiFile) + " stays: another engine is installed with it");
    return Ok{};
  }
  return plan_own_file(root, plan, std::string(kCdiFile), std::nullopt, is_our_specification);
}

}  // namespace sg::app
