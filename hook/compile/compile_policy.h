// SPDX-License-Identifier: Apache-2.0
// compile_policy.h - a policy into the bytes of its table.
//
// Policy -> NFA (one path for each rule) -> DFA (the first rule that matches wins) -> minimal DFA
// -> the same within the limit of the node -> table. Pure: the same policy gives the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "automaton/dfa.h"
#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::compile {

// The minimal automaton of a policy's rules, over the words of automaton/symbols.h; limit and audit
// play no part in it. Nothing is returned, and a finding names the rules that cost most, where a
// budget of compile/limits.h does not suffice.
[[nodiscard]] std::optional<automaton::Dfa> compile_automaton(const policy::Policy& policy,
                                                              Diagnostics& findings);

// The policy as a sg_table (bpf/table_abi.h), within its limit (apply_limit.h). Nothing is returned
// where a finding is an error: a budget does not suffice, or the policy is beyond its limit
// (kBeyondLimit).
[[nodiscard]] std::optional<std::vector<std::uint8_t>> compile_policy(const policy::Policy& policy,
                                                                      Diagnostics& findings);

}  // namespace sg::compile
