// SPDX-License-Identifier: Apache-2.0
// cmd_list.cpp - a row for each guard, and an object for each.
#include "cli/list/cmd_list.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cli/commands.h"
#include "cli/option_values.h"
#include "guard/guard_processes.h"
#include "guard/read_guards.h"

namespace sg::cli {
namespace {

constexpr std::size_t kPathMax = 4096;
constexpr std::size_t kNamedInNote = 3;

// Newest first, as engines have it; those whose age is not known at the end.
std::vector<const guard::GuardView*> newest_first(std::span<const guard::GuardView> views) {
  std::vector<const guard::GuardView*> sorted;
  for (const guard::GuardView& view : views) {
    sorted.push_back(&view);
  }
  const auto key = [](const guard::GuardView* view) {
    const std::uint64_t at = view->container.attached_at_ns;
    return std::tuple(UINT64_MAX - at, std::string_view(view->guard.cgroup),
                      view->guard.program->id);
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
  const compile::Meta* const meta = view.meta.get();
  const std::string name = guard::shown_name(view);
  std::vector<std::string> cells = {
      guard::short_id(view), name.empty() ? "-" : escape(name, policy::kContainerNameMax),
      meta == nullptr ? "?" : std::string(guard::mode_name(meta->audit)),
      meta == nullptr ? "?" : std::to_string(guard::written_rules(*meta))};
  for (const policy::VerdictRow& row : policy::kVerdicts) {
    cells.push_back(totals ? short_number(guard::count_of(*totals, row.verdict)) : "?");
  }
  const auto at = static_cast<std::int64_t>(view.container.attached_at_ns);
  cells.push_back(at == 0 ? "?" : age_text(now_ns, at));
  return cells;
}

// On a node that audits all containers they are most of them: one note for all.
std::string unasked_note(const std::vector<std::string>& ids) {
  if (ids.empty()) {
    return "";
  }
  const std::size_t named = std::min(ids.size(), kNamedInNote);
  const std::string more =
      ids.size() > named ? " and " + std::to_string(ids.size() - named) + " more" : "";
  return "note: " + join(std::span(ids).first(named), ", ") + more +
         ": /proc/sys is read-only there and nothing asked to open it, so that audit has nothing "
         "to see. To learn what a container writes, start it with " +
         std::string(guard::kHowToOpen) + "\n";
}

Json json_of(const guard::GuardView* view) {
  const compile::Meta* const meta = view->meta.get();
  const auto at = static_cast<std::int64_t>(view->container.attached_at_ns);
  std::vector<Json::Member> members = {{"id", text_or_null(view->container.id)}};
  std::ranges::move(guard::name_members(view->name), std::back_inserter(members));
  members.insert(members.end(),
                 {{"engineName", text_or_null(view->engine_name)},
                  {"mode", meta == nullptr ? Json() : Json(guard::mode_name(meta->audit))},
                  {"rules", meta == nullptr ? Json() : Json(guard::written_rules(*meta))}});
  std::ranges::move(guard::count_members(guard::totals_of(*view)), std::back_inserter(members));
  members.insert(
      members.end(),
      {{"attachedAt", at == 0 ? Json() : Json(rfc3339_text(at))},
       {"cgroup", view->guard.cgroup},
       {"cgroupId", view->guard.cgroup_id},
       {"program", view->guard.program->id},
       {"layout", view->guard.program->layout},
       {"procSys", meta == nullptr ? Json() : guard::proc_sys_json(*meta, view->proc_sys)}});
  return Json::object(std::move(members));
}

Result<Outcome> run(const Arguments& arguments) {
  Result<std::vector<guard::GuardView>> views = guard::read_guards();
  if (!views) {
    return outcome_of(views.error());
  }
  guard::put_engine_names(*views);
  for (guard::GuardView& view : *views) {
    view.proc_sys = guard::proc_sys_of(view.guard.cgroup_dir, "/proc");
  }
  return Outcome{.output = arguments.has("--json")
                               ? render_list_json(*views)
                               : render_list_text(*views, now_ns(), terminal_width(STDOUT_FILENO))};
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
               std::to_string(view->guard.program->layout) + ")\n";
    }
  }
  return table.take() + notes + unasked_note(unasked);
}

std::string render_list_json(std::span<const guard::GuardView> views) {
  return Json::object({{"guards", Json::array_of(newest_first(views), json_of)}}).document();
}

Command list_command() {
  return {
      .name = "list",
      .line = "the containers that have a guard, and what was denied and allowed",
      .about =
          "the containers on this host that have a guard, newest first, and what their guards have "
          "counted. Read from the kernel; needs root.",
      .usage = {"[--json]"},
      .details =
          "Columns:\n"
          "  ID          of the container, the first 12 characters\n"
          "  NAME        by an annotation of the engine, else by Podman's or Docker's own files;\n"
          "              of a pod's container NAMESPACE/POD/CONTAINER, or sandbox of "
          "NAMESPACE/POD\n"
          "  MODE        enforce or audit\n"
          "  RULES       rules that somebody wrote\n"
          "  DENIED      accesses that were refused\n"
          "  WOULD-DENY  accesses that the policy denies and that audit mode let through\n"
          "  ALLOWED     writes that were let through by a rule\n"
          "  AGE         since the guard was attached or replaced; counters begin then",
      .options = {{"--json", "", kJsonHelp}},
      .examples = {{"", "sudo sysctl-guard list"},
                   {"Which containers were refused something?",
                    "sudo sysctl-guard list --json | jq -r '.guards[] | select(.denied > 0).id'"}},
      .exit_codes = {{kExitDone, "done, also where no container has a guard"},
                     {kExitFailed, "the kernel could not be asked"},
                     {kExitUsage, kUsageExit}},
      .run = run};
}

}  // namespace sg::cli
