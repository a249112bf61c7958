// SPDX-License-Identifier: Apache-2.0
// registrations.h - where the hook is registered for Podman and CRI-O, and what is wrong with that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/doctor/doctor_report.h"
#include "app/install/engine_config.h"
#include "host/root_dir.h"

namespace sg::app {

// The check of an engine that does not know the hook.
[[nodiscard]] Check not_registered(const std::string& engine);

// Are these the checks of an engine that runs the hook: registered, and nothing that has failed?
[[nodiscard]] bool runs_hook(const std::vector<Check>& checks) noexcept;

// Is this the text of a hooks.d file that starts our hook?
[[nodiscard]] bool is_our_registration(std::string_view text);

// Does such a file start the hook for every container?
[[nodiscard]] bool guards_always(std::string_view text);

// What is wrong with one hooks.d file of ours, for an engine that does or does not know Podman's precreate
// stage; no finding where nothing is. `id` names the checks.
[[nodiscard]] std::vector<Check> check_registration(const host::RootDir& root, const std::string& file,
                                                    std::string_view text, Engine engine,
                                                    const std::string& id);

// All of it for one engine: no registration is one check, with the remedy to install.
[[nodiscard]] std::vector<Check> check_hooks_d(const host::RootDir& root, Engine engine);

}  // namespace sg::app
