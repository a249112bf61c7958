// SPDX-License-Identifier: Apache-2.0
// apply_limit.h - the automaton of a policy, held against the limit of the node.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "automaton/dfa.h"
#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::compile {

// The number in the automaton of an access that rule `n` of `policy` decides with
// Verdict::kWouldDeny, where that is not so for all accesses the rule decides.
[[nodiscard]] inline automaton::RuleNumber would_deny_number(automaton::RuleNumber n,
                                                             const policy::Policy& policy) {
  return n + static_cast<automaton::RuleNumber>(policy.rules.size());
}

// The most rules that are shown to be beyond the limit, each with its own write: the first ones
// show what is wrong.
inline constexpr std::size_t kExcessShown = 10;

// In the message of each such finding, with the reason behind it.
inline constexpr std::string_view kBeyondLimit = "beyond the node's limit";

// In the reason of one whose name the limit permits.
inline constexpr std::string_view kOtherValues = "the value is out of range";

// `dfa` is the automaton of `policy`, which has a limit. Where the policy permits more than the
// limit: nothing is returned, with errors that show it (OnExcess::kRefuse), or such accesses become
// those of the policy's rule kBeyondLimit, with warnings (kClip, kTrim). Under Audit::kWithinLimit,
// writes within the limit that the policy denies get the number would_deny_number. The result is
// minimal. Nothing is returned, with an error, where a budget of compile/limits.h does not suffice.
[[nodiscard]] std::optional<automaton::Dfa> apply_limit(automaton::Dfa dfa,
                                                        const policy::Policy& policy,
                                                        Diagnostics& findings);

}  // namespace sg::compile
