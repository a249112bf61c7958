// SPDX-License-Identifier: Apache-2.0
// list_report.cpp - rows and columns, of which the name takes what the others leave.
#include "app/guards/list_report.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <vector>

#include "app/events/time_text.h"
#include "app/json_text.h"
#include "base/json.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::size_t kColumns = 8;
constexpr std::size_t kNameColumn = 1;
constexpr std::size_t kNameMin = 8;
constexpr std::size_t kNameMax = 64;
constexpr std::size_t kGap = 2;
constexpr std::size_t kPathMax = 4096;
constexpr std::size_t kNamedInNote = 3;
constexpr std::array<std::string_view, kColumns> kTitles{"ID",     "NAME",       "MODE",    "RULES",
                                                         "DENIED", "WOULD-DENY", "ALLOWED", "AGE"};
constexpr std::array<bool, kColumns> kRight{false, false, false, true, true, true, true, true};

using Row = std::array<std::string, kColumns>;

// Newest first, as engines have it; those whose age is not known at the end.
std::vector<const GuardView*> newest_first(std::span<const GuardView> views) {
  std::vector<const GuardView*> sorted;
  for (const GuardView& view : views) {
    sorted.push_back(&view);
  }
  const auto key = [](const GuardView* view) {
    const std::uint64_t at = view->meta ? view->meta->attached_at_ns : 0;
    return std::tuple(UINT64_MAX - at, std::string_view(view->guard.cgroup),
                      view->guard.program.id);
  };
  std::ranges::sort(sorted, {}, key);
  return sorted;
}

Row row_of(const GuardView& view, std::int64_t now_ns) {
  if (!view.meta) {
    return {"?", "-", "?", "?", "?", "?", "?", "?"};
  }
  const compile::Meta& meta = *view.meta;
  const std::optional<GuardTotals> totals = totals_of(view);
  return {short_id(view),
          meta.container_name.empty() ? "-" : escape(meta.container_name, kNameMax),
          std::string(mode_name(meta.audit)),
          std::to_string(written_rules(meta)),
          totals ? short_number(totals->denied) : "?",
          totals ? short_number(totals->would_deny) : "?",
          totals ? short_number(totals->allowed) : "?",
          age_text(now_ns, static_cast<std::int64_t>(meta.attached_at_ns))};
}

// Escaped text cut to `width`, with "..." at its end.
std::string fitted(std::string text, std::size_t width) {
  if (text.size() > width) {
    text.resize(width - 3);
    text += "...";
  }
  return text;
}

std::array<std::size_t, kColumns> widths_of(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  std::size_t others = kGap * (kColumns - 1);
  for (std::size_t column = 0; column < kColumns; ++column) {
    for (const Row& row : rows) {
      widths[column] = std::max(widths[column], row[column].size());
    }
    others += column == kNameColumn ? 0 : widths[column];
  }
  const std::size_t left = others + kNameMin < kTableWidth ? kTableWidth - others : kNameMin;
  widths[kNameColumn] = std::min(widths[kNameColumn], left);
  return widths;
}

std::string line_of(const Row& row, const std::array<std::size_t, kColumns>& widths) {
  std::string line;
  for (std::size_t column = 0; column < kColumns; ++column) {
    const std::string text = fitted(row[column], std::max<std::size_t>(widths[column], 3));
    const std::string blanks(widths[column] - std::min(widths[column], text.size()), ' ');
    line += (column == 0 ? "" : std::string(kGap, ' ')) +
            (kRight[column] ? blanks + text : text + blanks);
  }
  return line + "\n";
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
  return text + ": /proc/sys is read-only there and nothing asked to open it, so that audit has nothing to see. To learn " +
         "what a container writes, start it with " + std::string(kHowToOpen) + "\n";
}

std::string guard_json(const GuardView& view) {
  const std::optional<GuardTotals> totals = totals_of(view);
  const auto number = [&](std::uint64_t GuardTotals::*member) {
    return totals ? std::to_string((*totals).*member) : std::string("null");
  };
  std::string id = "null", name = "null", mode = "null", rules = "null", at = "null", proc_sys = "null";
  if (view.meta) {
    id = json_quote(view.meta->container_id);
    name = text_or_null(view.meta->container_name);
    mode = json_quote(mode_name(view.meta->audit));
    rules = std::to_string(written_rules(*view.meta));
    at = json_quote(rfc3339_text(static_cast<std::int64_t>(view.meta->attached_at_ns)));
    proc_sys = proc_sys_json(*view.meta, view.proc_sys);
  }
  return "{\"id\": " + id + ", \"name\": " + name + ", \"mode\": " + mode +
         ", \"rules\": " + rules + ", \"denied\": " + number(&GuardTotals::denied) +
         ", \"wouldDeny\": " + number(&GuardTotals::would_deny) +
         ", \"allowed\": " + number(&GuardTotals::allowed) + ", \"attachedAt\": " + at +
         ", \"cgroup\": " + json_quote(view.guard.cgroup) +
         ", \"cgroupId\": " + std::to_string(view.guard.cgroup_id) +
         ", \"program\": " + std::to_string(view.guard.program.id) +
         ", \"layout\": " + std::to_string(view.guard.program.layout) + ", \"procSys\": " + proc_sys + "}";
}

}  // namespace

std::string short_number(std::uint64_t number) {
  constexpr std::uint64_t kExactMax = 99'999'999;
  constexpr std::string_view kUnits = "kMGTP";  // the largest number has 20 digits
  std::size_t unit = 0;
  while (number > kExactMax || (unit > 0 && number > kExactMax / 10)) {
    number /= 1000;
    ++unit;
  }
  return std::to_string(number) + (unit > 0 ? std::string(1, kUnits[unit - 1]) : "");
}

std::size_t written_rules(const compile::Meta& meta) {
  return static_cast<std::size_t>(
      std::ranges::count_if(meta.rules, [](const compile::MetaRule& rule) {
        return rule.source != policy::kBuiltIn && rule.kind != policy::RuleKind::kBeyondLimit;
      }));
}

std::string render_list_text(std::span<const GuardView> views, std::int64_t now_ns) {
  if (views.empty()) {
    return "No container on this host has a guard.\n";
  }
  const std::vector<const GuardView*> sorted = newest_first(views);
  std::vector<Row> rows(1);
  std::ranges::copy(kTitles, rows.front().begin());
  std::string notes;
  std::vector<std::string> unasked;
  for (const GuardView* const view : sorted) {
    rows.push_back(row_of(*view, now_ns));
    if (view->meta && is_shut(*view->meta, view->proc_sys) && !asks_to_open(*view->meta)) {
      unasked.push_back(short_id(*view));
    } else if (view->meta && is_shut(*view->meta, view->proc_sys)) {
      notes += "note: " + short_id(*view) + ": /proc/sys is read-only there, so it can write nothing of what it is granted: " +
               why_shut(*view->meta) + "\n";
    }
    if (!view->meta) {
      notes += "? is on " + escape(view->guard.cgroup, kPathMax) +
               ": another version of sysctl-guard attached it (metadata layout " +
               std::to_string(view->guard.program.layout) + ")\n";
    }
  }
  const std::array<std::size_t, kColumns> widths = widths_of(rows);
  std::string out;
  for (const Row& row : rows) {
    out += line_of(row, widths);
  }
  return out + notes + unasked_note(unasked);
}

std::string render_list_json(std::span<const GuardView> views) {
  std::string guards;
  for (const GuardView* const view : newest_first(views)) {
    guards += (guards.empty() ? "\n    " : ",\n    ") + guard_json(*view);
  }
  return "{\n  \"guards\": [" + guards + (guards.empty() ? "" : "\n  ") + "]\n}\n";
}

}  // namespace sg::app
