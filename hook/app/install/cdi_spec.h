// SPDX-License-Identifier: Apache-2.0
// cdi_spec.h - the CDI specification: `--device sysctl-guard.io/policy=NAME` guards a container.
//
// For engines that know CDI and no hooks.d. A device named as a profile gives the container that profile;
// the device "default" leaves everything to the annotations.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/install/hook_call.h"

namespace sg::app {

inline constexpr std::string_view kCdiFile = "/etc/cdi/sysctl-guard.json";
inline constexpr std::string_view kCdiDefaultDevice = "default";

// May a profile of this name be a device? CDI wants letters, digits and "_-.:", a letter or digit at
// both ends; "default" is taken.
[[nodiscard]] bool is_device_name(std::string_view profile) noexcept;

// `hook` as the system will see it. Profiles that cannot be devices are left out.
[[nodiscard]] std::string cdi_spec_text(const std::string& hook,
                                        std::span<const std::string> profiles);

// The calls of a hook in a specification of this kind, one for each device; none in any other text.
[[nodiscard]] std::vector<HookCall> cdi_hook_calls(std::string_view text);

}  // namespace sg::app
