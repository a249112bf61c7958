// SPDX-License-Identifier: Apache-2.0
// registrations.h - what hooks.d files say of the hook, and what is wrong with that.
#pragma once

#include <string_view>
#include <vector>

#include "engines/engine.h"

namespace sg::engines {

// Is this the text of a hooks.d file that starts our hook?
[[nodiscard]] bool is_our_registration(std::string_view text);

// Does such a file start the hook for every container?
[[nodiscard]] bool guards_always(std::string_view text);

// Every hooks.d file that the engine reads: those of ours that do not start the hook as they
// should, and those of anybody's by which the engine starts no container. One check that is well if
// nothing is wrong; no registration is one check, with the remedy to install.
[[nodiscard]] std::vector<Check> check_hooks_d(const host::RootDir& root, const Engine& engine);

}  // namespace sg::engines
