// SPDX-License-Identifier: Apache-2.0
// guard_view.cpp - metadata beside counters, and sums.
#include "guard/guard_view.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.h"
#include "event_abi.h"

namespace sg::guard {

GuardView ViewMaker::make_view(kernel::AttachedGuard guard,
                               std::optional<std::vector<kernel::RuleCounts>> counts) {
  const auto [found, is_new] = decoded_.emplace(guard.program->id, nullptr);
  if (is_new) {
    if (std::optional<compile::Meta> meta = compile::decode_meta(guard.program->meta)) {
      found->second = std::make_shared<const compile::Meta>(*std::move(meta));
    }
  }
  GuardView view{std::move(guard), found->second, {}, {}, {}, std::move(counts)};
  if (view.meta && view.guard.container) {
    view.container = *view.guard.container;
    if (!view.meta->name_before.empty()) {
      view.container.name = view.meta->name_before;
    }
    view.name = policy::parse_container_name(view.container.name);
  }
  if (view.meta && view.counts && view.counts->size() > view.meta->rules.size() + 1) {
    view.counts->resize(view.meta->rules.size() + 1);
  }
  return view;
}

bool has_read_rule_from(const compile::Meta& meta, std::size_t rule) {
  return std::ranges::any_of(std::span(meta.rules).subspan(rule - 1),
                             [](const compile::MetaRule& each) { return is_read_rule(each.kind); });
}

std::size_t first_counted_together(const GuardView& view) {
  const bool is_together = view.meta && view.counts && !view.counts->empty() &&
                           view.counts->size() < view.meta->rules.size() + 1;
  return is_together ? view.counts->size() - 1 : 0;
}

std::optional<kernel::RuleCounts> counts_of_rule(const GuardView& view, std::size_t rule) {
  const std::size_t together = first_counted_together(view);
  if (!view.counts || rule >= view.counts->size() || (together != 0 && rule >= together)) {
    return std::nullopt;
  }
  return (*view.counts)[rule];
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
  const std::size_t together = first_counted_together(view);
  for (std::size_t i = 0; i < view.counts->size(); ++i) {
    const bool is_read =
        i != SG_RULE_NONE && (i == together ? has_read_rule_from(*view.meta, i)
                                            : is_read_rule(view.meta->rules[i - 1].kind));
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

std::string shown_name(const GuardView& view) {
  return view.name == policy::ContainerName{} ? view.engine_name : policy::shown_name(view.name);
}

std::vector<Json::Member> name_members(const policy::ContainerName& name) {
  return {{"name", text_or_null(name.name)},
          {"namespace", text_or_null(name.pod_namespace)},
          {"pod", text_or_null(name.pod)},
          {"sandbox", name.is_sandbox()}};
}

std::string short_id(const GuardView& view) {
  return view.container.id.empty() ? "?" : escape(view.container.id.substr(0, kShortId), kShortId);
}

std::size_t written_rules(const compile::Meta& meta) {
  return static_cast<std::size_t>(
      std::ranges::count_if(meta.rules, [](const compile::MetaRule& rule) {
        return rule.source != policy::kBuiltIn && rule.kind != policy::RuleKind::kBeyondLimit;
      }));
}

}  // namespace sg::guard
