// SPDX-License-Identifier: Apache-2.0
// minimize.h - the one smallest automaton with the same verdicts.
#pragma once

#include "automaton/dfa.h"

namespace sg::automaton {

// The minimal automaton that decides every word as `dfa` does, rules kept apart, its states
// numbered in the order a breadth-first walk from the start meets them: two automata for the same
// verdicts over the same classes become equal, byte for byte.
[[nodiscard]] Dfa minimize(const Dfa& dfa);

}  // namespace sg::automaton
