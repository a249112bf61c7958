// SPDX-License-Identifier: Apache-2.0
// ready_policy.h - what a container's policy is made of into all that a guard needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compile/meta.h"
#include "policy/policy.h"

namespace sg::app {

struct ReadyPolicy {
  policy::Policy policy;
  std::vector<std::uint8_t> table;  // a sg_table
  compile::Meta meta;               // without time and version
  std::size_t event_buffer = 0;     // bytes, by the node policy
  bool node_audits = false;         // the policy audits because the node does, not by an annotation
  bool chose_audit = false;         // by an annotation
  // What the log should have: what the node policy permits and should not. A line each.
  std::vector<std::string> warnings;
};

// Reads the node policy, merges, holds the result against the limit and compiles it. Errors: kUsage for a
// profile of origin.profile that the node policy has not; those of load_node_policy(); what error_of() makes of
// a mistake in an annotation (kBadInput) or of what is beyond the limit (kBeyondLimit).
[[nodiscard]] Result<ReadyPolicy> make_ready_policy(compile::Origin origin,
                                                    std::string_view container_id);

}  // namespace sg::app
