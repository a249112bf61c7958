// SPDX-License-Identifier: Apache-2.0
// cdi.h - the CDI specification: `--device sysctl-guard.io/policy=NAME` guards a container.
//
// For engines that know CDI and no hooks.d. A device named as a profile gives the container that
// profile; the device "default" leaves everything to the annotations.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engines/engine.h"

namespace sg::engines {

inline constexpr const char* kCdiFile = "/etc/cdi/sysctl-guard.json";
inline constexpr std::string_view kCdiDefaultDevice = "default";

// May a profile of this name be a device? CDI wants letters, digits and "_-.:", a letter or digit
// at both ends; "default" is taken.
[[nodiscard]] bool is_device_name(std::string_view profile) noexcept;

// `hook` as the system will see it; `arguments` are those that each device gives it besides its
// profile. Profiles that cannot be devices are left out.
[[nodiscard]] std::string cdi_spec_text(const std::string& hook,
                                        std::span<const std::string> profiles,
                                        const std::vector<std::string>& arguments = {});

// Adds the specification to the plan. The node policy that one that is there names is kept. Errors:
// a file of that name is there, and another kind's; and those of options_of_calls().
[[nodiscard]] Status plan_cdi(const host::RootDir& root, const InstallRequest& request,
                              FilePlan& plan);

// Adds that it goes, unless another engine is still installed with it. Errors: as Engine::unplan.
[[nodiscard]] Status unplan_cdi(const host::RootDir& root, const Engine& engine, FilePlan& plan);

// Adds what is wrong with a call of the hook in the specification, if there is one of ours.
void check_cdi(const host::RootDir& root, const Engine& engine, std::vector<Check>& checks);

}  // namespace sg::engines
