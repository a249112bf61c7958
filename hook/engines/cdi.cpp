// SPDX-License-Identifier: Apache-2.0
// cdi.cpp - the text of the CDI specification; one file for several engines, the last of which
// takes it along.
//
// Annotations in it would be metadata only, so the profile travels as an argument of the hook.
#include "engines/cdi.h"

#include <algorithm>

#include "engines/hook_call.h"

namespace sg::engines {
namespace {

// The oldest version whose devices may begin with a digit; engines refuse versions newer than they
// know.
constexpr std::string_view kCdiVersion = "0.5.0";
constexpr std::string_view kKind = "sysctl-guard.io/policy";

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Json device(std::string_view name, const std::string& hook,
            const std::vector<std::string>& options) {
  Json hooks = Json::array();
  hooks.add(call_json(hook, options, {{"hookName", "createRuntime"}}));
  return Json::object({{"name", name}, {"containerEdits", Json::object({{"hooks", hooks}})}});
}

// The calls of a hook in a specification of our kind, one for each device; none in any other text.
std::vector<oci::HookEntry> calls_in(std::string_view text) {
  const std::vector<std::vector<std::string_view>> wanted = {{"kind"}, {"devices"}};
  const Result<std::vector<JsonItem>> items = read_json(text, "it", wanted);
  if (!items || std::ranges::none_of(*items, [](const JsonItem& item) {
        return item.path == std::vector<std::string>{"kind"} && item.text == kKind;
      })) {
    return {};
  }
  return hook_calls(*items, 5);  // devices, N, containerEdits, hooks, M
}

bool is_our_specification(std::string_view text) { return !calls_in(text).empty(); }

}  // namespace

bool is_device_name(std::string_view profile) noexcept {
  return !profile.empty() && profile != kCdiDefaultDevice && is_alphanumeric(profile.front()) &&
         is_alphanumeric(profile.back()) && std::ranges::all_of(profile, [](char c) {
           return is_alphanumeric(c) || std::string_view("_-.:").find(c) != std::string_view::npos;
         });
}

std::string cdi_spec_text(const std::string& hook, std::span<const std::string> profiles,
                          const std::vector<std::string>& arguments) {
  Json devices = Json::array();
  devices.add(device(kCdiDefaultDevice, hook, arguments));
  for (const std::string& profile : profiles) {
    if (is_device_name(profile)) {
      std::vector<std::string> options = arguments;
      options.insert(options.end(), {"--profile", profile});
      devices.add(device(profile, hook, options));
    }
  }
  return Json::object({{"cdiVersion", kCdiVersion}, {"kind", kKind}, {"devices", devices}})
      .document();
}

Status plan_cdi(const host::RootDir& root, const InstallRequest& request, FilePlan& plan) {
  for (const std::string& profile : request.profiles) {
    if (!is_device_name(profile)) {
      plan.notes.push_back("profile '" + profile +
                           "' cannot be the name of a CDI device: left out");
    }
  }
  const Result<FileText> before = root.read(kCdiFile);
  if (!before) {
    return before.error();
  }
  const Result<request::HookOptions> options =
      options_of_calls(kCdiFile, calls_in(before->value_or("")), /*each_profile=*/true);
  if (!options) {
    return options.error();
  }
  note_kept(kCdiFile, *options, plan);
  return plan_own_file(
      root, plan, kCdiFile,
      cdi_spec_text(request.programs.hook, request.profiles, arguments_of(*options)),
      is_our_specification);
}

Status unplan_cdi(const host::RootDir& root, const Engine& engine, FilePlan& plan) {
  for (const Engine* other : all_engines()) {
    const Result<bool> uses =
        other == &engine || other->uses_cdi == nullptr ? false : other->uses_cdi(root);
    if (!uses) {
      return uses.error();
    }
    if (*uses) {
      plan.notes.push_back(std::string(kCdiFile) + " stays: another engine is installed with it");
      return Ok{};
    }
  }
  return plan_own_file(root, plan, kCdiFile, std::nullopt, is_our_specification);
}

void check_cdi(const host::RootDir& root, const Engine& engine, std::vector<Check>& checks) {
  const Result<FileText> text = root.read(kCdiFile);
  if (!text) {
    checks.push_back(failed_check(engine, "", text.error()));
    return;
  }
  for (const oci::HookEntry& call : calls_in(text->value_or(""))) {
    const std::vector<Check> wrong = check_hook_call(root, "hook:" + engine.name(), kCdiFile, call);
    if (!wrong.empty()) {  // the devices differ in their profile alone
      checks.insert(checks.end(), wrong.begin(), wrong.end());
      return;
    }
  }
}

}  // namespace sg::engines
