// SPDX-License-Identifier: Apache-2.0
// symbols.h - the alphabet of the automata: what one access looks like as a word.
//
// A word is one symbol for the access, the bytes of the name, kEnd, and for a write the bytes of
// the value or, where the value cannot be judged whole, the one symbol kUnseen. kEnd is the zero
// byte: no name contains one, and a value that does is matched by nothing that looks at values.
//
// The access comes first, so that everything a verdict on a write needs is known before reads enter
// the picture: an automaton with both in one start state would never end a walk early.
#pragma once

#include <cstdint>

namespace sg::automaton {

using Symbol = std::uint16_t;  // 0 to 255 are bytes

inline constexpr Symbol kEnd = 0;
inline constexpr Symbol kRead = 256;
inline constexpr Symbol kWrite = 257;
inline constexpr Symbol kUnseen = 258;
inline constexpr Symbol kSymbolCount = 259;

// The number of a rule: 1 and up, in the order in which rules decide. 0 is "no rule".
using RuleNumber = std::uint32_t;
inline constexpr RuleNumber kNoRule = 0;

}  // namespace sg::automaton
