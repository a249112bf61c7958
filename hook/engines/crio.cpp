// SPDX-License-Identifier: Apache-2.0
// crio.cpp - CRI-O runs the hook by a hooks.d file, and starts no container by one with the
// precreate stage.
#include <array>

#include "engines/hooks_d.h"

namespace sg::engines {
namespace {

constexpr std::array<std::string_view, 2> kFiles = {"/etc/crio/crio.conf",
                                                    "/etc/crio/crio.conf.d/"};
constexpr std::array<std::string_view, 3> kSetting = {"crio", "runtime", "hooks_dir"};
constexpr std::array<std::string_view, 3> kTraces = {"/etc/crio", "/usr/bin/crio",
                                                     "/usr/local/bin/crio"};
constexpr HooksD kHooksD{.title = "CRI-O",
                         .files = kFiles,
                         .setting = kSetting,
                         .traces = kTraces,
                         .refuses_precreate = true};

Status plan_crio(const host::RootDir& root, const Engine& engine, const InstallRequest& request,
                 FilePlan& plan) {
  if (const auto planned = plan_hooks_d(root, engine, request, plan); !planned) {
    return planned.error();
  }
  plan.notes.emplace_back("restart CRI-O (systemctl restart crio) if the directory is new");
  const std::optional<std::string>& before = plan.changes.back().before;
  if (before && before->find("\"precreate\"") != std::string::npos) {
    plan.notes.emplace_back(
        "Podman no longer opens /proc/sys by itself here: CRI-O refuses to start a container by "
        "a file with the precreate stage");
  }
  return Ok{};
}

}  // namespace

extern constexpr Engine kCrio{
    .program = {"cri-o", "crio"},
    .summary = "a file in its hooks directory",
    .apparmor_profile = "crio-default",
    .apparmor_naming =
        "appArmorProfile of type Localhost in the pod's securityContext, localhostProfile: ",
    .hooks_d = &kHooksD,
    .plan = plan_crio,
    .unplan = unplan_hooks_d,
    .reaches_all = guards_all_by_hooks_d,
    .check = check_hooks_d};

}  // namespace sg::engines
