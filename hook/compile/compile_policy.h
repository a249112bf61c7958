// SPDX-License-Identifier: Apache-2.0
// compile_policy.h - a policy into the bytes of its table.
//
// Policy -> NFA (one path for each rule) -> DFA (the first rule that matches wins) -> minimal DFA ->
// table. Pure: the same policy gives the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "automaton/dfa.h"
#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::compile {

// The minimal automaton of a policy, over the words of automaton/symbols.h. Nothing is returned, and a
// finding names the rules that cost most, where a budget of compile/limits.h does not suffice.
[[nodiscard]] std::optional<automaton::Dfa> compile_automaton(const policy::Policy& policy,
                                                              Diagnostics& findings);

// The same as a sg_table (bpf/table_abi.h).
[[nodiscard]] std::optional<std::vector<std::uint8_t>> compile_policy(const policy::Policy& policy,
                                                                      Diagnostics& findings);

}  // namespace sg::compile
