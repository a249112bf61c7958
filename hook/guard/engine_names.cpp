// SPDX-License-Identifier: Apache-2.0
// engine_names.cpp - Podman's files for each storage driver, and one of Docker's for each container
// -> names by ID (test/integration/89-engine-names.bats).
#include "guard/engine_names.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/json.h"
#include "host/trusted_file.h"

namespace sg::guard {
namespace {

constexpr std::array<std::string_view, 4> kDrivers = {"overlay", "vfs", "btrfs", "zfs"};
// From Podman 4.4 on those of `run --rm`, and so of Quadlet, have a file of their own, which is
// below /run where storage.conf has transient_store.
constexpr std::string_view kStorage = "/var/lib/containers/storage/";
constexpr std::string_view kRunStorage = "/run/containers/storage/";
constexpr const char* kContainers = "-containers/containers.json";
constexpr const char* kVolatile = "-containers/volatile-containers.json";
constexpr std::string_view kDocker = "/var/lib/docker/containers/";
// Podman has about a kilobyte for each container, also for those that do not run.
constexpr std::size_t kStorageMax = std::size_t{16} << 20;
constexpr std::size_t kDockerMax = std::size_t{1} << 20;
constexpr std::size_t kEngineId = 64;  // digits of an ID that an engine has made

bool is_engine_id(std::string_view id) {
  return id.size() == kEngineId && id.find_first_not_of("0123456789abcdef") == id.npos;
}

// Empty where there is none to be believed.
std::string text_of_file(const std::string& path, std::size_t limit) {
  const Result<std::optional<std::string>> text =
      host::read_trusted_file(path, limit, "names of containers", host::Writers::kRootOnly);
  return text && *text ? **text : "";
}

}  // namespace

EngineNames parse_storage_names(std::string_view text) {
  EngineNames names;
  const std::vector<std::vector<std::string_view>> everything{{}};
  const Result<std::vector<JsonItem>> items = read_json(text, "it", everything);
  if (!items) {
    return names;
  }
  // [{"id": ID, "names": [NAME, ...], ...}, ...], in whatever order the members are.
  std::map<std::string, std::string> id_of;
  std::map<std::string, std::string> name_of;
  for (const JsonItem& item : *items) {
    if (item.type != JsonType::kString || item.text.empty()) {
      continue;
    }
    if (item.path.size() == 2 && item.path[1] == "id") {
      id_of[item.path[0]] = item.text;
    } else if (item.path.size() == 3 && item.path[1] == "names" && item.path[2] == "0") {
      name_of[item.path[0]] = item.text;
    }
  }
  for (const auto& [index, id] : id_of) {
    if (const auto found = name_of.find(index); found != name_of.end()) {
      names.emplace(id, found->second);
    }
  }
  return names;
}

std::string parse_docker_name(std::string_view text) {
  const std::vector<std::vector<std::string_view>> wanted{{"Name"}};
  const Result<std::vector<JsonItem>> items = read_json(text, "it", wanted);
  if (!items || items->size() != 1 || items->front().type != JsonType::kString) {
    return "";
  }
  const std::string& name = items->front().text;
  return name.starts_with('/') ? name.substr(1) : name;
}

EngineNames read_engine_names(const std::set<std::string>& ids) {
  EngineNames names;
  if (ids.empty()) {
    return names;
  }
  for (const std::string_view driver : kDrivers) {
    const std::string kept = std::string(kStorage).append(driver);
    const std::string transient = std::string(kRunStorage).append(driver);
    for (const std::string& path : {kept + kContainers, kept + kVolatile, transient + kVolatile}) {
      for (auto& [id, name] : parse_storage_names(text_of_file(path, kStorageMax))) {
        if (ids.contains(id)) {
          names.emplace(id, name);
        }
      }
    }
  }
  struct stat docker {};
  if (::stat(std::string(kDocker).c_str(), &docker) != 0) {
    return names;
  }
  for (const std::string& id : ids) {
    if (!is_engine_id(id) || names.contains(id)) {
      continue;
    }
    const std::string path = std::string(kDocker) + id + "/config.v2.json";
    if (std::string name = parse_docker_name(text_of_file(path, kDockerMax)); !name.empty()) {
      names.emplace(id, std::move(name));
    }
  }
  return names;
}

}  // namespace sg::guard
