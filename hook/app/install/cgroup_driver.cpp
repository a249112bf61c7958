// SPDX-License-Identifier: Apache-2.0
// cgroup_driver.cpp - one setting of each engine's configuration, else what the engine does by itself.
#include "app/install/cgroup_driver.h"

#include <string_view>
#include <vector>

#include "app/install/containerd_files.h"
#include "app/install/daemon_json.h"
#include "base/json.h"

namespace sg::app {
namespace {

constexpr const char* kSystemd = "systemd";
constexpr const char* kCgroupfs = "cgroupfs";

std::optional<std::string> docker_setting(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(kDaemonJson);
  const std::vector<std::vector<std::string_view>> wanted = {{"exec-opts"}};
  const Result<std::vector<JsonItem>> items =
      read_json(text ? text->value_or("{}") : "{}", "it", wanted);
  constexpr std::string_view kOption = "native.cgroupdriver=";
  std::optional<std::string> driver;
  for (const JsonItem& item : items ? *items : std::vector<JsonItem>()) {
    if (item.text.starts_with(kOption)) {
      driver = item.text.substr(kOption.size());
    }
  }
  return driver;
}

std::optional<std::string> containerd_setting(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(std::string(kContainerdConfig));
  if (!text || !*text) {
    return std::nullopt;
  }
  const Result<ContainerdConfig> config = load_containerd_config(root, remove_handler(**text));
  if (!config || !config->systemd_cgroup) {
    return std::nullopt;
  }
  return *config->systemd_cgroup ? kSystemd : kCgroupfs;
}

std::optional<std::string> setting_of(const host::RootDir& root, Engine engine) {
  if (engine == Engine::kDocker) {
    return docker_setting(root);
  }
  if (engine == Engine::kContainerd) {
    return containerd_setting(root);
  }
  const Result<std::optional<std::string>> value = last_setting(root, engine, "cgroup_manager");
  return value ? *value : std::nullopt;
}

// What the engine does where it is not told.
std::optional<std::string> default_of(Engine engine, const std::optional<HostDefaults>& host) {
  switch (engine) {
    case Engine::kCrio:
      return kSystemd;
    case Engine::kContainerd:
      return kCgroupfs;
    case Engine::kPodman:
    case Engine::kDocker:
      break;
  }
  if (!host) {
    return std::nullopt;
  }
  const bool is_systemd = host->has_systemd && (engine == Engine::kPodman || host->is_unified);
  return is_systemd ? kSystemd : kCgroupfs;
}

}  // namespace

std::optional<HostDefaults> host_defaults(const host::RootDir& root) {
  if (!root.is_this_system()) {
    return std::nullopt;
  }
  // As sd_booted(3) has it; and the file that only the root of version 2 has.
  return HostDefaults{.has_systemd = root.has("/run/systemd/system"),
                      .is_unified = root.has("/sys/fs/cgroup/cgroup.controllers")};
}

std::optional<Check> check_cgroup_driver(const host::RootDir& root, Engine engine,
                                         const std::string& name,
                                         const std::optional<HostDefaults>& host) {
  const std::string id = "cgroup-driver:" + name;
  if (const std::optional<std::string> set = setting_of(root, engine)) {
    return Check{id, CheckStatus::kOk, *set + ", as its configuration says", ""};
  }
  if (const std::optional<std::string> unset = default_of(engine, host)) {
    return Check{id, CheckStatus::kOk, *unset + ", as its configuration does not say otherwise",
                 ""};
  }
  return std::nullopt;
}

}  // namespace sg::app
