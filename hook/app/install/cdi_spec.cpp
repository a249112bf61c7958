// SPDX-License-Identifier: Apache-2.0
// cdi_spec.cpp - the text of the CDI specification.
//
// Annotations in it would be metadata only, so the profile travels as an argument of the hook.
#include "app/install/cdi_spec.h"

#include <algorithm>

#include "app/install/hooks_d.h"
#include "base/json.h"

namespace sg::app {
namespace {

// The oldest version whose devices may begin with a digit; engines refuse versions newer than they know.
constexpr std::string_view kCdiVersion = "0.5.0";
constexpr std::string_view kKind = "sysctl-guard.io/policy";

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string device(const std::string& name, const std::string& hook, const std::string& arguments) {
  return "    {\n"
         "      \"name\": " +
         json_quote(name) +
         ",\n"
         "      \"containerEdits\": {\n"
         "        \"hooks\": [\n"
         "          {\n"
         "            \"hookName\": \"createRuntime\",\n"
         "            \"path\": " +
         json_quote(hook) +
         ",\n"
         "            \"args\": [\"sysctl-guard-hook\"" +
         arguments +
         "],\n"
         "            \"timeout\": " +
         std::to_string(kHookTimeoutSeconds) +
         "\n"
         "          }\n"
         "        ]\n"
         "      }\n"
         "    }";
}

}  // namespace

bool is_device_name(std::string_view profile) noexcept {
  return !profile.empty() && profile != kCdiDefaultDevice && is_alphanumeric(profile.front()) &&
         is_alphanumeric(profile.back()) && std::ranges::all_of(profile, [](char c) {
           return is_alphanumeric(c) || std::string_view("_-.:").find(c) != std::string_view::npos;
         });
}

std::string cdi_spec_text(const std::string& hook, std::span<const std::string> profiles) {
  std::string devices = device(std::string(kCdiDefaultDevice), hook, "");
  for (const std::string& profile : profiles) {
    if (is_device_name(profile)) {
      devices += ",\n" + device(profile, hook, ", \"--profile\", " + json_quote(profile));
    }
  }
  return "{\n"
         "  \"cdiVersion\": " +
         json_quote(kCdiVersion) +
         ",\n"
         "  \"kind\": " +
         json_quote(kKind) +
         ",\n"
         "  \"devices\": [\n" +
         devices +
         "\n"
         "  ]\n"
         "}\n";
}

std::vector<HookCall> cdi_hook_calls(std::string_view text) {
  const std::vector<std::vector<std::string_view>> wanted = {{"kind"}, {"devices"}};
  const Result<std::vector<JsonItem>> items = read_json(text, "it", wanted);
  if (!items || std::ranges::none_of(*items, [](const JsonItem& item) {
        return item.path == std::vector<std::string>{"kind"} && item.text == kKind;
      })) {
    return {};
  }
  return hook_calls(*items, 5);  // devices, N, containerEdits, hooks, M
}

}  // namespace sg::app
