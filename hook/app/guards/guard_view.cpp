// SPDX-License-Identifier: Apache-2.0
// guard_view.cpp - metadata beside counters, sums, and the search by ID, name or prefix.
#include "app/guards/guard_view.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "event_abi.h"

namespace sg::app {
namespace {

constexpr std::size_t kShortId = 12;
constexpr std::size_t kCandidatesMax = 10;  // more of them help nobody
constexpr std::size_t kNameMax = 128;

using Matches = std::vector<const GuardView*>;

template <typename Condition>
Matches matches_of(std::span<const GuardView> views, Condition condition) {
  Matches found;
  for (const GuardView& view : views) {
    if (view.meta && condition(*view.meta)) {
      found.push_back(&view);
    }
  }
  return found;
}

Error ambiguous(std::string_view wanted, const Matches& found, const std::string& what) {
  std::string list;
  for (const GuardView* const view :
       std::span(found).first(std::min(found.size(), kCandidatesMax))) {
    const compile::Meta& meta = *view->meta;
    list += (list.empty() ? "" : ", ") + escape(meta.container_id, kNameMax);
    if (!meta.container_name.empty()) {
      list += " (" + escape(meta.container_name, kNameMax) + ")";
    }
    if (found.front()->meta->container_id == found.back()->meta->container_id) {
      list += " on " + escape(view->guard.cgroup, kNameMax);
    }
  }
  if (found.size() > kCandidatesMax) {
    list += " and " + std::to_string(found.size() - kCandidatesMax) + " more";
  }
  return Error{Errc::kUsage, "'" + escape(wanted) + "': " + what + ": " + list,
               "write more of the ID"};
}

}  // namespace

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

std::optional<GuardTotals> totals_of(const GuardView& view) {
  if (!view.meta || !view.counts) {
    return std::nullopt;
  }
  GuardTotals totals;
  for (std::size_t i = 0; i < view.counts->size(); ++i) {
    const kernel::RuleCounts& counts = (*view.counts)[i];
    totals.denied += counts[SG_VERDICT_DENY];
    totals.would_deny += counts[SG_VERDICT_WOULD_DENY];
    if (i == SG_RULE_NONE || !is_read_rule(view.meta->rules[i - 1].kind)) {
      totals.allowed += counts[SG_VERDICT_ALLOW];
    }
  }
  return totals;
}

std::string_view mode_name(policy::Audit audit) noexcept {
  return audit == policy::Audit::kOff ? "enforce" : "audit";
}

std::string short_id(const GuardView& view) {
  return view.meta ? escape(view.meta->container_id.substr(0, kShortId), kShortId) : "?";
}

Result<const GuardView*> find_guard(std::span<const GuardView> views, std::string_view wanted) {
  if (wanted.empty()) {
    return Error{Errc::kUsage, "the ID is empty", "see sysctl-guard list"};
  }
  Matches found =
      matches_of(views, [&](const compile::Meta& meta) { return meta.container_id == wanted; });
  std::string what = "there are several guards of this container";
  if (found.empty()) {
    found =
        matches_of(views, [&](const compile::Meta& meta) { return meta.container_name == wanted; });
    what = "several containers have this name";
  }
  if (found.empty()) {
    found = matches_of(
        views, [&](const compile::Meta& meta) { return meta.container_id.starts_with(wanted); });
    what = "several IDs begin like this";
  }
  if (found.empty()) {
    return Error{Errc::kUsage, "'" + escape(wanted) + "': no guarded container has this ID or name",
                 "see sysctl-guard list"};
  }
  if (found.size() > 1) {
    return ambiguous(wanted, found, what);
  }
  return found.front();
}

}  // namespace sg::app
