// SPDX-License-Identifier: Apache-2.0
// decode_table.h - the bytes of a table back into an automaton, and the two held against each
// other.
//
// The reader here is strict where the guard's is safe: a table that a correct encoder would not
// write is an error with its reason. It reads the bytes by their layout alone, not through
// dfa_walk.h.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "automaton/dfa.h"
#include "automaton/symbols.h"

namespace sg::test {

// The states of a table that can be reached, by their number there.
struct DecodedTable {
  struct State {
    automaton::RuleNumber rule = automaton::kNoRule;
    bool allows = false;
    bool sink = false;
    bool needs_current = false;
    std::map<std::uint32_t, std::uint32_t> next;  // by class; the dead state is left out
  };
  std::map<std::uint32_t, State> states;
  std::uint32_t start[2] = {0, 0};  // by access
  std::uint32_t class_of[256] = {};
  std::uint32_t unseen_class = 0;
  std::uint32_t relation_class[4] = {};  // zeros where no state needs what the sysctl holds
  std::string error;                     // what is wrong with the table; empty for a good one
};

[[nodiscard]] DecodedTable decode_table(std::span<const std::uint8_t> bytes);

// "" where `table` decides every access as `dfa` does and has as many states; else what differs.
[[nodiscard]] std::string compare_with(const DecodedTable& table, const automaton::Dfa& dfa,
                                       const std::vector<bool>& allows);

}  // namespace sg::test
