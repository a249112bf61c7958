// SPDX-License-Identifier: Apache-2.0
// held_for.h - a number that a sysctl may hold, for examples of writes that depend on it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "automaton/symbols.h"

namespace sg::compile {

// What the sysctl holds where a write of `value` is of this kind; empty for kWriteUnknown. Nothing
// where it cannot be.
[[nodiscard]] std::optional<std::string> held_for(automaton::Symbol write, std::string_view value);

}  // namespace sg::compile
