// SPDX-License-Identifier: Apache-2.0
// apparmor.h - AppArmor's profiles of ours: which an engine has, its file in a plan, and whether
// the kernel has it.
//
// A profile of ours is the engine's default without what it denies below /proc/sys. Nothing gives
// it to a container but its own request, or the wrapper where runtime.json says so.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engines/file_plan.h"
#include "host/root_dir.h"

namespace sg::engines {

struct Engine;

struct AppArmorProfile {
  std::string_view name;
  std::string_view text;
};

// What the kernel says: whether AppArmor is on, and which profiles it has, a line "NAME (MODE)" for
// each; nothing where they may not be read.
struct AppArmorState {
  bool is_on = false;
  std::optional<std::string> loaded;
};
[[nodiscard]] AppArmorState apparmor_state();
[[nodiscard]] bool is_loaded(const AppArmorState& state, std::string_view profile);

// Of that engine; nullptr: there is none, as of CRI-O.
[[nodiscard]] const AppArmorProfile* own_profile(const Engine& engine);

// What an administrator writes to have a container of the engine get that profile.
[[nodiscard]] std::string naming_of(const Engine& engine, std::string_view profile);

// Adds the file of the engine's profile, and a note that says how to name it, where AppArmor is on:
// of this system the kernel says so; another one has a directory of profiles. Errors: those of
// plan_own_file.
[[nodiscard]] Status plan_profile(const host::RootDir& root, const Engine& engine, FilePlan& plan);

// Adds its removal where it is there. The kernel keeps what it has loaded until the host goes down:
// to unload it would take the confinement from containers that run with it.
[[nodiscard]] Status unplan_profile(const host::RootDir& root, const Engine& engine,
                                    FilePlan& plan);

// The profile that the plan writes on this system, and that the kernel must then load; "" for none.
[[nodiscard]] std::string profile_to_load(const host::RootDir& root, const Engine& engine,
                                          const FilePlan& plan);

// Loads the file of that profile, in place of an earlier one. Errors: kSystem.
[[nodiscard]] Status load_profile(const std::string& profile);

}  // namespace sg::engines
