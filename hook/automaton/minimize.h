// SPDX-License-Identifier: Apache-2.0
// minimize.h - the one smallest automaton with the same verdicts.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "automaton/dfa.h"

namespace sg::automaton {

// The minimal automaton that decides every word as `dfa` does, rules kept apart, its states
// numbered in the order a breadth-first walk from the start meets them: two automata for the same
// verdicts over the same classes become equal, byte for byte.
[[nodiscard]] Dfa minimize(const Dfa& dfa);

// The part of it that finds equivalent states from the end of the words backwards, in one pass. It
// works where no way leads from a state through others back to it; a loop on one state is no
// obstacle. Most policies are of that kind, and for them this is several times as fast as refining
// partitions, which every automaton can be given to.
//
// For each state the number of its class of equivalent states: equal for two states exactly if no
// word tells them apart, 0 for those from which no rule can be reached. Nothing where states other
// than one alone form a loop.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> merge_states(const Dfa& dfa);

}  // namespace sg::automaton
