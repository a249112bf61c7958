// SPDX-License-Identifier: Apache-2.0
// apparmor.cpp - the table of profiles is made from data/apparmor/; apparmor_parser loads what
// stands in /etc/apparmor.d.
#include "engines/apparmor.h"

#include <fcntl.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/file_io.h"
#include "engines/apparmor_profiles.h"
#include "engines/engine.h"
#include "host/run_program.h"

namespace sg::engines {
namespace {

constexpr const char* kDirectory = "/etc/apparmor.d";
constexpr const char* kParser = "apparmor_parser";
constexpr std::size_t kProfilesMax = std::size_t{4} << 20;
// A profile is compiled in a fifth of a second, on an emulated machine in ten.
constexpr int kParserTimeoutMs = 60000;

std::string file_of(std::string_view profile) {
  return std::string(kDirectory) + "/" + std::string(profile);
}

bool is_ours(std::string_view text) {
  return text.find(": made by sysctl-guard.\n") != std::string_view::npos;
}

std::optional<std::string> kernel_text(const char* path) {
  const Result<std::string> text = read_file(AT_FDCWD, path, kProfilesMax);
  return text ? std::optional(*text) : std::nullopt;
}

// Without the program that loads them, engines give no profiles either.
bool is_on(const host::RootDir& root) {
  return root.is_this_system() ? apparmor_state().is_on && host::find_in_path(kParser)
                               : root.has(kDirectory);
}

}  // namespace

AppArmorState apparmor_state() {
  return {.is_on = kernel_text("/sys/module/apparmor/parameters/enabled").value_or("") == "Y\n",
          .loaded = kernel_text("/sys/kernel/security/apparmor/profiles")};
}

bool is_loaded(const AppArmorState& state, std::string_view profile) {
  return ("\n" + state.loaded.value_or("")).find("\n" + std::string(profile) + " (") !=
         std::string::npos;
}

const AppArmorProfile* own_profile(const Engine& engine) {
  const std::string name = "sysctl-guard-" + engine.name();
  const auto* const found = std::ranges::find(kAppArmorProfiles, name, &AppArmorProfile::name);
  return found == std::end(kAppArmorProfiles) ? nullptr : found;
}

std::string naming_of(const Engine& engine, std::string_view profile) {
  return std::string(engine.apparmor_naming) + std::string(profile);
}

Status plan_profile(const host::RootDir& root, const Engine& engine, FilePlan& plan) {
  const AppArmorProfile* const profile = own_profile(engine);
  if (profile == nullptr || !is_on(root)) {
    return Ok{};
  }
  plan.notes.push_back("AppArmor: name the profile of guarded containers, and of no others: " +
                       naming_of(engine, profile->name));
  return plan_own_file(root, plan, file_of(profile->name), std::string(profile->text), is_ours);
}

Status unplan_profile(const host::RootDir& root, const Engine& engine, FilePlan& plan) {
  const AppArmorProfile* const profile = own_profile(engine);
  if (profile == nullptr || !root.has(file_of(profile->name))) {
    return Ok{};
  }
  if (root.is_this_system() && is_loaded(apparmor_state(), profile->name)) {
    plan.notes.push_back("the kernel keeps the profile " + std::string(profile->name) +
                         " until the host goes down: to unload it would leave the containers that "
                         "run with it without a profile");
  }
  return plan_own_file(root, plan, file_of(profile->name), std::nullopt, is_ours);
}

std::string profile_to_load(const host::RootDir& root, const Engine& engine, const FilePlan& plan) {
  const AppArmorProfile* const profile = own_profile(engine);
  const bool is_written = profile != nullptr && root.is_this_system() &&
                          std::ranges::any_of(plan.changes, [&](const FileChange& change) {
                            return change.path == file_of(profile->name) && change.after;
                          });
  return is_written ? std::string(profile->name) : "";
}

Status load_profile(const std::string& profile) {
  const std::string file = file_of(profile);
  const std::string hint = "run it by hand to see why: apparmor_parser -r " + file;
  const std::optional<std::string> parser = host::find_in_path(kParser);
  if (!parser) {
    return Error{Errc::kSystem, std::string(kParser) + ": is not there", "install AppArmor's"};
  }
  // Not from the cache: that is of the file as it was.
  const std::vector<std::string> arguments = {"--replace", "--skip-cache", file};
  const Result<std::string> said = host::output_of(*parser, arguments, kParserTimeoutMs);
  return said ? Status(Ok{})
              : Status(Error{
                    Errc::kSystem,
                    "AppArmor's profile '" + profile + "' is not loaded: " + said.error().message,
                    hint});
}

}  // namespace sg::engines
