// SPDX-License-Identifier: Apache-2.0
// guard_view.h - a guard as people see it: what its metadata says and what it has counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_write.h"
#include "compile/meta.h"
#include "guard/proc_sys_report.h"
#include "kernel/guards.h"

namespace sg::guard {

struct GuardView {
  kernel::AttachedGuard guard;
  std::optional<compile::Meta> meta;  // nothing: its metadata is of another version
  // By the number of the rule, 0: no rule. Nothing where they could not be read.
  std::optional<std::vector<kernel::RuleCounts>> counts;
  SeenProcSys proc_sys = {};  // by the mounts of its processes, where somebody has looked
};

// The metadata of `guard` decoded, beside its counters. What their map has beyond the rules is left
// out, what it lacks is 0.
[[nodiscard]] GuardView make_view(kernel::AttachedGuard guard,
                                  std::optional<std::vector<kernel::RuleCounts>> counts);

// How often the rules have given each verdict, all of them together; of what is allowed, writes
// alone: reads that are let through are nobody's concern. Nothing where there are no counters, or
// no metadata that says which rules are for reads.
[[nodiscard]] std::optional<kernel::RuleCounts> totals_of(const GuardView& view);

[[nodiscard]] constexpr std::uint64_t count_of(const kernel::RuleCounts& counts,
                                               policy::Verdict verdict) {
  return counts[static_cast<std::size_t>(verdict)];
}

// The members of a document that say them, by verdict: {"denied": 1, ...}; null where there are no
// counters.
[[nodiscard]] std::vector<Json::Member> count_members(
    const std::optional<kernel::RuleCounts>& counts);

// Whether the rule is for reads; every other one is for writes.
[[nodiscard]] bool is_read_rule(policy::RuleKind kind) noexcept;

// Rules that somebody wrote, or the runtime's own pairs.
[[nodiscard]] std::size_t written_rules(const compile::Meta& meta);

// "enforce" or "audit".
[[nodiscard]] std::string_view mode_name(policy::Audit audit) noexcept;

// The first 12 bytes of the ID, escaped, as engines show it. "?" where the ID is not known.
[[nodiscard]] std::string short_id(const GuardView& view);

}  // namespace sg::guard
