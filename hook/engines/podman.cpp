// SPDX-License-Identifier: Apache-2.0
// podman.cpp - Podman runs the hook by a hooks.d file; its own precreate stage opens /proc/sys.
#include <array>

#include "engines/hooks_d.h"

namespace sg::engines {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {"/usr/share/containers/containers.conf",
                                                    "/etc/containers/containers.conf",
                                                    "/etc/containers/containers.conf.d/"};
constexpr std::array<std::string_view, 2> kSetting = {"engine", "hooks_dir"};
constexpr std::array<std::string_view, 2> kTraces = {"/usr/bin/podman", "/usr/local/bin/podman"};
constexpr HooksD kHooksD{
    .title = "Podman", .files = kFiles, .setting = kSetting, .traces = kTraces};

constexpr std::array kTraps{
    VersionTrap{
        {4, 5, 1}, "lets an image set annotations", "limit them by a node policy, or use 4.5.1"},
    VersionTrap{{5, 0, 0},
                "cuts --annotation at commas and, without a word, loses every line but the first, "
                "be it one of deny",
                "write the rules of a list on one line with \";\" between them, or into a profile, "
                "or use 5.0"},
    VersionTrap{{5, 0, 0},
                "refuses a pod of kube play with an annotation of more than 63 bytes",
                "write the rules into a profile of the node policy, and name it in the pod"}};

Status plan_podman(const host::RootDir& root, const Engine& engine, const InstallRequest& request,
                   FilePlan& plan) {
  const Result<std::vector<const Engine*>> refusing = plan_hooks_d(root, engine, request, plan);
  if (!refusing) {
    return refusing.error();
  }
  plan.notes.emplace_back("nothing to restart: the next container is started with the hook");
  if (!refusing->empty()) {
    plan.notes.push_back(
        std::string(refusing->front()->hooks_d->title) +
        " reads this directory too, so the precreate stage, which it refuses, is left out: "
        "containers need --security-opt unmask=/proc/sys");
  }
  return Ok{};
}

}  // namespace

extern constexpr Engine kPodman{.program = {"podman", "podman", kTraps},
                                .summary = "a file in its hooks directory",
                                .apparmor_profile = "containers-default",
                                .apparmor_naming = "--security-opt apparmor=",
                                .hooks_d = &kHooksD,
                                .plan = plan_podman,
                                .unplan = unplan_hooks_d,
                                .reaches_all = guards_all_by_hooks_d,
                                .check = check_hooks_d};

}  // namespace sg::engines
