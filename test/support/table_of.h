// SPDX-License-Identifier: Apache-2.0
// table_of.h - the table of a policy that must have one.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compile/compile_policy.h"
#include "support/catch.h"

namespace sg::test {

inline std::vector<std::uint8_t> table_of(const policy::Policy& policy) {
  Diagnostics findings;
  std::optional<std::vector<std::uint8_t>> table = compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  return *std::move(table);
}

}  // namespace sg::test
