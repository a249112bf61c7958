// SPDX-License-Identifier: Apache-2.0
// encode.h - the minimal automaton into the bytes of a table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "automaton/dfa.h"

namespace sg::compile {

// The table (a whole sg_table, bpf/table_abi.h) of `dfa`, which must be minimal. `allows[n]` says whether
// rule n allows; index 0 (no rule) must be false. Nothing where the table would pass SG_CELLS_MAX or
// the automaton has more classes than SG_CLASSES_MAX.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> encode(const automaton::Dfa& dfa,
                                                              const std::vector<bool>& allows);

}  // namespace sg::compile
