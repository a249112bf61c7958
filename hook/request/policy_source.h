// SPDX-License-Identifier: Apache-2.0
// policy_source.h - all that a container's policy is made of, and the bytes that say whether two
// containers have the same one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compile/meta.h"
#include "request/make_policy.h"

namespace sg::request {

struct PolicySource {
  compile::Origin origin;  // as the container has it: also annotations that are not ours
  std::optional<std::string> node_text;  // of the node policy's file; nothing where none is there
};

// Reads the node policy that `origin` names, or the installed one. Errors: those of
// read_node_policy().
[[nodiscard]] Result<PolicySource> read_policy_source(compile::Origin origin);

// The policy that is made of it, with warnings about its node policy and about keys that are nearly
// ours. Errors: what error_of() makes of the findings.
[[nodiscard]] Result<MadePolicy> make_policy_of(const PolicySource& source);

// Everything that the policy depends on, and the code that makes it: sources with the same bytes
// give the same program, the events aside, for which the first kEventIdsSize bytes are left free.
// Empty where the source has so many annotations that it is a mistake.
[[nodiscard]] std::vector<std::uint8_t> policy_input(const PolicySource& source);

inline constexpr std::size_t kEventIdsSize = 2 * sizeof(std::uint32_t);

}  // namespace sg::request
