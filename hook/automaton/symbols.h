// SPDX-License-Identifier: Apache-2.0
// symbols.h - the alphabet of the automata: what one access looks like as a word.
//
// A word is one symbol for the access, the bytes of the name, kEnd, and for a write the bytes of
// the value or, where the value cannot be judged whole, the one symbol kUnseen. kEnd is the zero
// byte: no name contains one, and a value that does is matched by nothing that looks at values.
//
// The access comes first, so that everything a verdict on a write needs is known before reads enter
// the picture: an automaton with both in one start state would never end a walk early.
//
// A write is one of four, by what its value is beside the number that the sysctl holds. Rules
// without `@current` have all four alike, so that an automaton without such a rule has one way for
// writes. A value that cannot be seen is never anything but kWriteUnknown.
#pragma once

#include <array>
#include <cstdint>

namespace sg::automaton {

using Symbol = std::uint16_t;  // 0 to 255 are bytes

inline constexpr Symbol kEnd = 0;
inline constexpr Symbol kRead = 256;
inline constexpr Symbol kWriteBelow = 257;
inline constexpr Symbol kWriteSame = 258;
inline constexpr Symbol kWriteAbove = 259;
inline constexpr Symbol kWriteUnknown = 260;  // one of the two is no single decimal number
inline constexpr Symbol kUnseen = 261;
inline constexpr Symbol kSymbolCount = 262;

// All writes, in the order of SG_RELATION_* (bpf/table_abi.h).
inline constexpr std::array<Symbol, 4> kWrites = {kWriteBelow, kWriteSame, kWriteAbove,
                                                  kWriteUnknown};
constexpr bool is_write(Symbol symbol) { return symbol >= kWriteBelow && symbol <= kWriteUnknown; }

// The number of a rule: 1 and up, in the order in which rules decide. 0 is "no rule".
using RuleNumber = std::uint32_t;
inline constexpr RuleNumber kNoRule = 0;

}  // namespace sg::automaton
