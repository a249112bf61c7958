// SPDX-License-Identifier: Apache-2.0
// guard_view.cpp - metadata beside counters, and sums.
#include "guard/guard_view.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "event_abi.h"

namespace sg::guard {

GuardView make_view(kernel::AttachedGuard guard,
                    std::optional<std::vector<kernel::RuleCounts>> counts) {
  GuardView view{std::move(guard), std::nullopt, std::move(counts)};
  view.meta = compile::decode_meta(view.guard.program.meta);
  if (view.meta && view.counts) {
    view.counts->resize(view.meta->rules.size() + 1);
  }
  return view;
}

bool is_read_rule(policy::RuleKind kind) noexcept {
  return kind == policy::RuleKind::kReadable || kind == policy::RuleKind::kDenyRead ||
         kind == policy::RuleKind::kAllowRead;
}

std::optional<kernel::RuleCounts> totals_of(const GuardView& view) {
  if (!view.meta || !view.counts) {
    return std::nullopt;
  }
  kernel::RuleCounts totals{};
  for (std::size_t i = 0; i < view.counts->size(); ++i) {
    const bool is_read = i != SG_RULE_NONE && is_read_rule(view.meta->rules[i - 1].kind);
    for (const policy::VerdictRow& row : policy::kVerdicts) {
      if (!is_read || row.verdict != policy::Verdict::kAllow) {
        totals[static_cast<std::size_t>(row.verdict)] += count_of((*view.counts)[i], row.verdict);
      }
    }
  }
  return totals;
}

std::vector<Json::Member> count_members(const std::optional<kernel::RuleCounts>& counts) {
  std::vector<Json::Member> members;
  for (const policy::VerdictRow& row : policy::kVerdicts) {
    members.push_back(
        {std::string(row.counter), counts ? Json(count_of(*counts, row.verdict)) : Json()});
  }
  return members;
}

std::string_view mode_name(policy::Audit audit) noexcept {
  return audit == policy::Audit::kOff ? "enforce" : "audit";
}

std::string short_id(const GuardView& view) {
  return view.meta ? escape(view.meta->container_id.substr(0, kShortId), kShortId) : "?";
}

std::size_t written_rules(const compile::Meta& meta) {
  return static_cast<std::size_t>(
      std::ranges::count_if(meta.rules, [](const compile::MetaRule& rule) {
        return rule.source != policy::kBuiltIn && rule.kind != policy::RuleKind::kBeyondLimit;
      }));
}

}  // namespace sg::guard
