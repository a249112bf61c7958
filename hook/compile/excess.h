// SPDX-License-Identifier: Apache-2.0
// excess.h - what a container asks for beyond the limit, into findings that say how to fix either
// side.
#pragma once

#include "automaton/dfa.h"
#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::compile {

// The most rules that are shown, each with its own write: the first ones show what is wrong.
inline constexpr std::size_t kExcessShown = 10;

// Adds a finding for each rule, up to kExcessShown, that permits a write of `excess`: the shortest
// one, why it is beyond the limit, and what to change; and one more that says so where there are
// others. Its words are the writes that `policy` permits and its limit does not, with the rule that
// permits each. An error with the code kBeyondLimit, or a warning where the excess is only cut.
// False where `excess` has words but no write that a container could make.
bool report_excess(const automaton::Dfa& excess, const policy::Policy& policy,
                   Diagnostics& findings);

}  // namespace sg::compile
