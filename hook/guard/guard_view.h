// SPDX-License-Identifier: Apache-2.0
// guard_view.h - a guard as people see it: what its metadata says and what it has counted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_write.h"
#include "compile/meta.h"
#include "guard/proc_sys_report.h"
#include "kernel/guards.h"
#include "policy/container_name.h"

namespace sg::guard {

struct GuardView {
  kernel::AttachedGuard guard;
  // The same for all guards that share a program. Null: its metadata is of another version.
  std::shared_ptr<const compile::Meta> meta;
  kernel::Container container;      // an empty ID where nobody wrote it yet, or without metadata
  policy::ContainerName name = {};  // of the container, by the annotations of its engine
  std::string engine_name = {};     // by the engine's own files, where somebody has looked
  // By the number of the rule, 0: no rule. Nothing where they could not be read. Fewer than there
  // are rules: the last one has those of all rules from there on.
  std::optional<std::vector<kernel::RuleCounts>> counts;
  SeenProcSys proc_sys = {};  // by the mounts of its processes, where somebody has looked
};

// Views of guards, each program's metadata decoded once.
class ViewMaker {
 public:
  // The metadata of `guard` beside its counters. What they have beyond the rules is left out.
  [[nodiscard]] GuardView make_view(kernel::AttachedGuard guard,
                                    std::optional<std::vector<kernel::RuleCounts>> counts);

 private:
  std::map<std::uint32_t, std::shared_ptr<const compile::Meta>> decoded_;  // by the program's ID
};

// The number of the first rule that is counted together with all that follow it, 0 where each has
// counters of its own.
[[nodiscard]] std::size_t first_counted_together(const GuardView& view);

// How often the rule has decided; nothing where that is counted together with others, or not known.
[[nodiscard]] std::optional<kernel::RuleCounts> counts_of_rule(const GuardView& view,
                                                               std::size_t rule);

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

// Whether one of the rules from that number on is for reads: where they are counted together, what
// was allowed cannot be told apart into writes and reads.
[[nodiscard]] bool has_read_rule_from(const compile::Meta& meta, std::size_t rule);

// Whether the rule is for reads; every other one is for writes.
[[nodiscard]] bool is_read_rule(policy::RuleKind kind) noexcept;

// Rules that somebody wrote, or the runtime's own pairs.
[[nodiscard]] std::size_t written_rules(const compile::Meta& meta);

// "enforce" or "audit".
[[nodiscard]] std::string_view mode_name(policy::Audit audit) noexcept;

// The name as a person sees it, not escaped: that of the annotations before the engine's own; empty
// where there is none.
[[nodiscard]] std::string shown_name(const GuardView& view);

// The members of a document that say how the container is called: "name", "namespace", "pod" and
// "sandbox".
[[nodiscard]] std::vector<Json::Member> name_members(const policy::ContainerName& name);

// The first 12 bytes of the ID, escaped, as engines show it. "?" where the ID is not known.
[[nodiscard]] std::string short_id(const GuardView& view);

}  // namespace sg::guard
