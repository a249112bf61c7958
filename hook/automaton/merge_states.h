// SPDX-License-Identifier: Apache-2.0
// merge_states.h - finds equivalent states from the end of the words backwards, in one pass.
//
// Works where no way leads from a state through others back to it; a loop on one state is no
// obstacle. Most policies are of that kind, and for them this is several times as fast as refining
// partitions (minimize.cpp), which every automaton can be given to.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "automaton/dfa.h"

namespace sg::automaton {

// For each state the number of its class of equivalent states: equal for two states exactly if no
// word tells them apart, 0 for those from which no rule can be reached. Nothing where states other
// than one alone form a loop.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> merge_states(const Dfa& dfa);

}  // namespace sg::automaton
