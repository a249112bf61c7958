// SPDX-License-Identifier: Apache-2.0
// runtime_settings.cpp - the file names a program that runs as root, so a doubtful one is refused.
#include "host/runtime_settings.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "host/trusted_file.h"

namespace sg::host {
namespace {

constexpr const char* kHint =
    R"(write {"version": 1, "runtime": "/path/of/runc"}, or remove the file)";

Error bad(const std::string& why) {
  return Error{Errc::kNodePolicy, std::string(kRuntimeSettingsFile) + ": " + why, kHint};
}

Status take_member(const JsonItem& item, RuntimeSettings& settings, bool& has_version) {
  const std::string& name = item.path[0];
  if (name == "version") {
    has_version = item.type == JsonType::kNumber && item.text == "1";
    return has_version ? Status(Ok{}) : bad("\"version\" is not 1");
  }
  if (name == "runtime") {
    settings.runtime = item.text;
    const bool path = item.type == JsonType::kString && item.text.starts_with('/') &&
                      item.text.find('\0') == std::string::npos;
    return path ? Status(Ok{}) : bad("\"runtime\" is not an absolute path");
  }
  if (name == "allContainers") {
    settings.all_containers = item.text == "true";
    settings.sets_all_containers = true;
    return item.type == JsonType::kBool ? Status(Ok{})
                                        : bad("\"allContainers\" is not true or false");
  }
  if (name == "apparmor") {
    settings.sets_apparmor_profile = item.text == "true";
    return item.type == JsonType::kBool ? Status(Ok{}) : bad("\"apparmor\" is not true or false");
  }
  if (name == "allContainersBy") {
    settings.is_made_by_install = true;
    return item.type == JsonType::kString ? Status(Ok{}) : bad("\"allContainersBy\" is no text");
  }
  if (name == "runtimeBy") {
    settings.is_runtime_by_install = true;
    return item.type == JsonType::kString ? Status(Ok{}) : bad("\"runtimeBy\" is no text");
  }
  if (name == "dockerDefault") {
    settings.docker_default = item.text;
    return item.type == JsonType::kString && !item.text.empty()
               ? Status(Ok{})
               : bad("\"dockerDefault\" is no name");
  }
  return bad("there is no setting \"" + escape(name, 64) + "\"");
}

}  // namespace

Result<RuntimeSettings> parse_runtime_settings(std::string_view text) {
  static const std::vector<std::vector<std::string_view>> kEverything(1);
  const Result<std::vector<JsonItem>> items = read_json(text, "it", kEverything);
  if (!items) {
    return bad(items.error().message);
  }
  RuntimeSettings settings;
  bool has_version = false;
  for (const JsonItem& item : *items) {
    if (item.path.empty()) {
      if (item.type != JsonType::kObject) {
        return bad("is not a JSON object");
      }
      continue;
    }
    if (Status status = take_member(item, settings, has_version); !status) {
      return std::move(status).error();
    }
  }
  return has_version ? Result<RuntimeSettings>(settings) : bad("\"version\" is missing");
}

Result<RuntimeSettings> read_runtime_settings(const char* file) {
  const Result<std::optional<std::string>> text =
      read_trusted_file(file, kRuntimeSettingsMax, kRuntimeSettingsFile, Writers::kRootOnly);
  if (!text) {
    return Error{Errc::kNodePolicy, text.error().message, kHint};
  }
  return *text ? parse_runtime_settings(**text) : RuntimeSettings{};
}

}  // namespace sg::host
