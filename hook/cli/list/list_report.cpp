// SPDX-License-Identifier: Apache-2.0
// list_report.cpp - a row for each guard, and an object for each.
#include "cli/list/list_report.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/json_write.h"
#include "base/text.h"
#include "base/time_text.h"

namespace sg::cli {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kPathMax = 4096;
constexpr std::size_t kNamedInNote = 3;

// Newest first, as engines have it; those whose age is not known at the end.
std::vector<const guard::GuardView*> newest_first(std::span<const guard::GuardView> views) {
  std::vector<const guard::GuardView*> sorted;
  for (const guard::GuardView& view : views) {
    sorted.push_back(&view);
  }
  const auto key = [](const guard::GuardView* view) {
    const std::uint64_t at = view->meta ? view->meta->attached_at_ns : 0;
    return std::tuple(UINT64_MAX - at, std::string_view(view->guard.cgroup),
                      view->guard.program.id);
  };
  std::ranges::sort(sorted, {}, key);
  return sorted;
}

std::vector<Column> columns() {
  std::vector<Column> columns = {
      {"ID"}, {"NAME", Fit::kCutFirst}, {"MODE"}, {"RULES", Fit::kWhole, true}};
  for (const policy::VerdictRow& row : policy::kVerdicts) {
    columns.push_back({std::string(row.title), Fit::kWhole, true});
  }
  columns.push_back({"AGE", Fit::kWhole, true});
  return columns;
}

std::vector<std::string> cells_of(const guard::GuardView& view, std::int64_t now_ns) {
  const std::optional<kernel::RuleCounts> totals = guard::totals_of(view);
  const compile::Meta* const meta = view.meta ? &*view.meta : nullptr;
  std::vector<std::string> cells = {
      guard::short_id(view),
      meta == nullptr || meta->container_name.empty() ? "-"
                                                      : escape(meta->container_name, kNameMax),
      meta == nullptr ? "?" : std::string(guard::mode_name(meta->audit)),
      meta == nullptr ? "?" : std::to_string(guard::written_rules(*meta))};
  for (const policy::VerdictRow& row : policy::kVerdicts) {
    cells.push_back(totals ? short_number(guard::count_of(*totals, row.verdict)) : "?");
  }
  cells.push_back(
      meta == nullptr ? "?" : age_text(now_ns, static_cast<std::int64_t>(meta->attached_at_ns)));
  return cells;
}

// On a node that audits all containers they are most of them: one note for all.
std::string unasked_note(const std::vector<std::string>& ids) {
  if (ids.empty()) {
    return "";
  }
  std::string text = "note: " + ids.front();
  for (std::size_t i = 1; i < std::min(ids.size(), kNamedInNote); ++i) {
    text += ", " + ids[i];
  }
  if (ids.size() > kNamedInNote) {
    text += " and " + std::to_string(ids.size() - kNamedInNote) + " more";
  }
  return text +
         ": /proc/sys is read-only there and nothing asked to open it, so that audit has nothing "
         "to see. To learn what a container writes, start it with " +
         std::string(guard::kHowToOpen) + "\n";
}

Json json_of(const guard::GuardView* view) {
  std::vector<Json::Member> members(4);
  members[0].key = "id";
  members[1].key = "name";
  members[2].key = "mode";
  members[3].key = "rules";
  Json at, proc_sys;
  if (view->meta) {
    members[0].value = view->meta->container_id;
    members[1].value = text_or_null(view->meta->container_name);
    members[2].value = guard::mode_name(view->meta->audit);
    members[3].value = guard::written_rules(*view->meta);
    at = rfc3339_text(static_cast<std::int64_t>(view->meta->attached_at_ns));
    proc_sys = guard::proc_sys_json(*view->meta, view->proc_sys);
  }
  for (Json::Member& member : guard::count_members(guard::totals_of(*view))) {
    members.push_back(std::move(member));
  }
  for (Json::Member& member : std::vector<Json::Member>{{"attachedAt", std::move(at)},
                                                        {"cgroup", view->guard.cgroup},
                                                        {"cgroupId", view->guard.cgroup_id},
                                                        {"program", view->guard.program.id},
                                                        {"layout", view->guard.program.layout},
                                                        {"procSys", std::move(proc_sys)}}) {
    members.push_back(std::move(member));
  }
  return Json::object(std::move(members));
}

}  // namespace

std::string render_list_text(std::span<const guard::GuardView> views, std::int64_t now_ns,
                             std::size_t width) {
  if (views.empty()) {
    return "No container on this host has a guard.\n";
  }
  TextTable table(columns(), width);
  std::string notes;
  std::vector<std::string> unasked;
  for (const guard::GuardView* const view : newest_first(views)) {
    table.add(cells_of(*view, now_ns));
    const bool shut = view->meta && guard::is_shut(*view->meta, view->proc_sys);
    if (shut && !guard::asks_to_open(*view->meta)) {
      unasked.push_back(guard::short_id(*view));
    } else if (shut) {
      notes += "note: " + guard::short_id(*view) +
               ": /proc/sys is read-only there, so it can write nothing of what it is granted: " +
               guard::why_shut(*view->meta) + "\n";
    }
    if (!view->meta) {
      notes += "? is on " + escape(view->guard.cgroup, kPathMax) +
               ": another version of sysctl-guard attached it (metadata layout " +
               std::to_string(view->guard.program.layout) + ")\n";
    }
  }
  return table.take() + notes + unasked_note(unasked);
}

std::string render_list_json(std::span<const guard::GuardView> views) {
  return Json::object({{"guards", Json::array_of(newest_first(views), json_of)}}).document();
}

}  // namespace sg::cli
