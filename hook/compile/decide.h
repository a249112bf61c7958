// SPDX-License-Identifier: Apache-2.0
// decide.h - the verdict on one access, from the table's bytes and by the guard's own steps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "automaton/symbols.h"
#include "policy/policy.h"

namespace sg::compile {

struct Access {
  bool write = false;
  std::string_view name;         // slash form, any bytes
  std::string_view value;        // of a write, as handed to write(2)
  bool at_position_zero = true;  // of a write
  // Of a write: what the sysctl holds, as the kernel shows it; nothing: it is not known, as where it has more
  // than SG_NUMBER_SIZE - 1 bytes.
  std::optional<std::string_view> current = std::nullopt;
};

struct Decision {
  policy::Verdict verdict = policy::Verdict::kDeny;
  automaton::RuleNumber rule =
      automaton::kNoRule;      // index + 1 in Policy::rules; kNoRule: none matched
  bool needs_current = false;  // what the sysctl holds decides
};

// What the guard would do. `table` must be a whole sg_table, as encode() makes it.
[[nodiscard]] Decision decide(std::span<const std::uint8_t> table, const Access& access);

}  // namespace sg::compile
