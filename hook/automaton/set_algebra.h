// SPDX-License-Identifier: Apache-2.0
// set_algebra.h - automata as sets of words: intersection, difference, union, and other rule
// numbers.
//
// A word is in the set where the automaton names a rule for it. Results keep the rule numbers of
// their arguments and are not minimal. Their classes are the coarsest that respect both arguments'.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "automaton/dfa.h"
#include "automaton/symbols.h"

namespace sg::automaton {

// Each can need as many states as the product of both arguments'. Nothing is returned where the
// result would have more than these.
struct ProductBudget {
  std::size_t states = 0;
  std::size_t edges = 0;
};

// The words of both; rules are those of `a`.
[[nodiscard]] std::optional<Dfa> intersection(const Dfa& a, const Dfa& b,
                                              const ProductBudget& budget);

// The words of `a` that are not in `b`; rules are those of `a`.
[[nodiscard]] std::optional<Dfa> difference(const Dfa& a, const Dfa& b,
                                            const ProductBudget& budget);

// The same as far as the budget goes: what is there are words of the difference, the shortest ones
// first, and where it is not whole some others are missing.
struct Beginning {
  Dfa dfa;
  bool is_whole = false;
};
[[nodiscard]] Beginning beginning_of_difference(const Dfa& a, const Dfa& b,
                                                const ProductBudget& budget);

// The words of either; rules are those of `a`, and those of `b` for the words that `a` has not.
[[nodiscard]] std::optional<Dfa> unite(const Dfa& a, const Dfa& b, const ProductBudget& budget);

// The same automaton with rule n called number_of[n]; its words of rules that are called kNoRule
// are in the set no more. `number_of[0]` must be kNoRule, and every rule of `dfa` have an entry.
[[nodiscard]] Dfa relabel(Dfa dfa, std::span<const RuleNumber> number_of);

// Whether the set has no word at all.
[[nodiscard]] bool is_empty(const Dfa& dfa);

}  // namespace sg::automaton
