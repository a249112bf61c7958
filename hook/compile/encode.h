// SPDX-License-Identifier: Apache-2.0
// encode.h - the minimal automaton into the bytes of a table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "automaton/dfa.h"
#include "policy/policy.h"

namespace sg::compile {

// What a number in an automaton means: the verdict, and the rule of the policy that decides.
struct Label {
  policy::Verdict verdict = policy::Verdict::kDeny;
  automaton::RuleNumber rule = automaton::kNoRule;
};

// The table (a whole sg_table, bpf/table_abi.h) of `dfa`, which must be minimal. `labels[n]` is
// what its rule number n means; that of 0 (no rule) must be Label{}. Nothing where the table would
// pass SG_CELLS_MAX, or the automaton has more classes than SG_CLASSES_MAX or too many conditions.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> encode(const automaton::Dfa& dfa,
                                                              const std::vector<Label>& labels);

}  // namespace sg::compile
