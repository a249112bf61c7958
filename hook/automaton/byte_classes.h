// SPDX-License-Identifier: Apache-2.0
// byte_classes.h - symbols that no edge tells apart become one class, which makes tables small.
//
// A policy mentions a few dozen of the 259 symbols; all others behave alike. Classes are found by
// refinement: all symbols begin in one class, and each distinct range on an edge splits every class
// it cuts. 259 symbols are few enough to go through all of them for each range.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "automaton/nfa.h"
#include "automaton/symbols.h"

namespace sg::automaton {

using Class = std::uint16_t;  // 0 to count - 1

struct ByteClasses {
  std::array<Class, kSymbolCount> of{};  // numbered by their smallest symbol
  Class count = 1;

  friend bool operator==(const ByteClasses&, const ByteClasses&) = default;
};

// The coarsest classes that respect each of `ranges`.
[[nodiscard]] ByteClasses make_classes(const std::vector<SymbolRange>& ranges);

// The coarsest classes that respect every edge of `nfa`.
[[nodiscard]] ByteClasses make_classes(const Nfa& nfa);

}  // namespace sg::automaton
