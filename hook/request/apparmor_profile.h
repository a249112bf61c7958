// SPDX-License-Identifier: Apache-2.0
// apparmor_profile.h - the AppArmor profile that an engine gives to containers that ask for none,
// into ours of that engine.
#pragma once

#include <string_view>

namespace sg::request {

// Empty where `profile` is no default of an engine: somebody has chosen it.
[[nodiscard]] std::string_view profile_in_place_of(std::string_view profile) noexcept;

}  // namespace sg::request
