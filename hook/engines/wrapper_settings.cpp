// SPDX-License-Identifier: Apache-2.0
// wrapper_settings.cpp - two members of a small file set and removed: the setting, and who made it.
#include "engines/wrapper_settings.h"

#include <array>
#include <string_view>

#include "base/json_edit.h"
#include "host/runtime_settings.h"

namespace sg::engines {
namespace {

constexpr std::array<std::string_view, 1> kSetting = {"allContainers"};
constexpr std::array<std::string_view, 1> kMaker = {"allContainersBy"};
constexpr std::string_view kMakerValue = "\"sysctl-guard install docker\"";
constexpr std::string_view kMade =
    "{ \"version\": 1, \"allContainers\": true, "
    "\"allContainersBy\": \"sysctl-guard install docker\" }\n";

}  // namespace

Result<std::string> guard_all_containers(const std::optional<std::string>& text,
                                         const std::string& what) {
  if (!text) {
    return std::string(kMade);
  }
  const Result<host::RuntimeSettings> settings = host::parse_runtime_settings(*text);
  if (!settings) {
    return settings.error();
  }
  if (settings->all_containers) {
    return *text;
  }
  if (settings->sets_all_containers) {
    return Error{Errc::kBadInput, what + ": \"allContainers\" is false",
                 "remove it from the file first, or leave --all-containers out"};
  }
  const Result<std::string> out = json_set(*text, what, kMaker, kMakerValue);
  return out ? json_set(*out, what, kSetting, "true") : out;
}

Result<std::optional<std::string>> guard_annotated_containers(const std::string& text,
                                                              const std::string& what) {
  if (text == kMade) {
    return std::optional<std::string>();
  }
  const Result<host::RuntimeSettings> settings = host::parse_runtime_settings(text);
  if (!settings) {
    return settings.error();
  }
  if (!settings->is_made_by_install) {
    return std::optional<std::string>(text);
  }
  const Result<std::string> out = json_remove(text, what, kSetting);
  Result<std::string> without = out ? json_remove(*out, what, kMaker) : out;
  return without ? Result<std::optional<std::string>>(std::optional(*std::move(without)))
                 : std::move(without).error();
}

}  // namespace sg::engines
