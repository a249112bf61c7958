// SPDX-License-Identifier: Apache-2.0
// covered_writes.h - one value, written to every name that a glob covers: what a table says of all
// of them together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "compile/decide.h"
#include "compile/shortest_access.h"

namespace sg::compile {

// As sysctl.d(5) has it. '*', '?' and "[...]" stay inside one component, also at the very end; the
// last two are taken for '*', so that a name more may count than is covered, and never one less.
struct GlobWrite {
  std::string name;                 // slash form
  std::vector<std::string> except;  // names (slash form) that are not covered
  std::string value;                // written with or without a newline behind it
  bool at_position_zero = true;
};

struct CoveredDecision {
  // The worst of any name: allow only where every one is. With no name left, allow.
  policy::Verdict verdict = policy::Verdict::kDeny;
  automaton::RuleNumber rule = automaton::kNoRule;  // that decides on `example`
  std::optional<ShownAccess> example;               // one of the writes with this verdict
};

// The glob as a pattern of rules, but for its end: there a '*' of a rule goes deeper.
[[nodiscard]] std::string pattern_of_glob(const std::string& glob);

// Errors: those of decode_table, and kUnsupported where the set of writes is too large.
[[nodiscard]] Result<CoveredDecision> decide_covered(std::span<const std::uint8_t> table,
                                                     const GlobWrite& write);

}  // namespace sg::compile
