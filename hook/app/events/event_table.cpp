// SPDX-License-Identifier: Apache-2.0
// event_table.cpp - events to runs, runs to rows, rows to lines.
#include "app/events/event_table.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "app/colours.h"
#include "app/events/event_text.h"
#include "app/events/time_text.h"

namespace sg::app {
namespace {

constexpr std::size_t kGap = 2;
// A longer cell of another column than the last is cut: escaped, 12 bytes of an ID can be 48. A comm of 15 bytes in
// quotes with the largest number of a process, 4194304, is whole.
constexpr std::size_t kCellMax = 26;
// In a narrow terminal the access still has this much, and the line is longer than the terminal.
constexpr std::size_t kAccessMin = 20;
constexpr std::size_t kVerdict = 2;  // columns
constexpr std::size_t kAccess = 5;

bool is_same_run(const Event& a, const Event& b) {
  return a.container == b.container && a.comm == b.comm && a.write == b.write && a.name == b.name &&
         a.value == b.value && a.value_len == b.value_len && a.file_pos == b.file_pos &&
         a.verdict == b.verdict && a.rule == b.rule;
}

// How many bytes of the text go into a line of `room`: up to a slash or blank, where one is in the second half.
std::size_t line_size(std::string_view text, std::size_t room) {
  if (text.size() <= room) {
    return text.size();
  }
  const std::size_t last = text.substr(0, room).find_last_of("/ ");
  return last == std::string_view::npos || last < room / 2 ? room : last + 1;
}

std::string cut(std::string text) {
  constexpr std::string_view kMore = "...";
  if (text.size() > kCellMax) {
    text.replace(kCellMax - kMore.size(), text.npos, kMore);
  }
  return text;
}

}  // namespace

// The row of the run at hand, "(5x)" behind the access; what comes of it later is "(+5)".
EventTable::Line EventTable::line_of_run(std::int64_t now_ns) {
  const Event& event = *run_;
  std::string access = access_text(event);
  if (continued_) {
    access += " (+" + std::to_string(count_) + ")";
  } else if (count_ > 1) {
    access += " (" + std::to_string(count_) + "x)";
  }
  continued_ = true;
  count_ = 0;
  return Line{.row = Row{style_.clock ? clock_text(event.time_ns) : age_text(now_ns, event.time_ns),
                         cut(container_text(event)), std::string(policy::verdict_name(event.verdict)),
                         rule_text(event), cut(process_text(event, one_process_)), std::move(access)},
              .verdict = event.verdict,
              .day = style_.clock ? day_text(event.time_ns) : ""};
}

void EventTable::widen(const Row& row) {
  for (std::size_t i = 0; i < kAccess; ++i) {
    widths_[i] = std::max(widths_[i], row[i].size());
  }
}

void EventTable::append(std::string& out, const Row& row, std::string_view colour) const {
  std::size_t indent = 0;
  for (std::size_t i = 0; i < kAccess; ++i) {
    const bool painted = i == kVerdict && !colour.empty();
    out.append(painted ? colour : "").append(row[i]).append(painted ? kReset : "");
    out.append(widths_[i] - row[i].size() + kGap, ' ');
    indent += widths_[i] + kGap;
  }
  const std::size_t room = std::max(style_.width - std::min(style_.width, indent), kAccessMin);
  std::string_view access = row[kAccess];
  for (bool first = true; first || !access.empty(); first = false) {
    const std::size_t size = line_size(access, room);
    out.append(first ? 0 : indent, ' ').append(access.substr(0, size)).append("\n");
    access.remove_prefix(size);
  }
}

std::string EventTable::render(std::span<const Event> events, std::int64_t now_ns, bool whole) {
  std::vector<Line> lines;
  for (const Event& event : events) {
    if (run_ && is_same_run(*run_, event)) {
      one_process_ = one_process_ && run_->pid == event.pid;
    } else {
      if (run_ && count_ > 0) {
        lines.push_back(line_of_run(now_ns));
      }
      one_process_ = true;
      continued_ = false;
    }
    run_ = event;
    ++count_;
  }
  if (run_ && count_ > 0 && (whole || !continued_)) {
    lines.push_back(line_of_run(now_ns));
  }
  std::string out;
  if (!lines.empty() && !std::exchange(has_heading_, true)) {
    const Row heading{style_.clock ? "TIME" : "AGE", "CONTAINER", "VERDICT", "RULE", "PROCESS", "ACCESS"};
    widen(heading);
    for (const Line& line : lines) {
      widen(line.row);
    }
    append(out, heading, "");
  }
  for (const Line& line : lines) {
    widen(line.row);
  }
  for (const Line& line : lines) {
    if (line.day != day_) {
      day_ = line.day;
      out += "-- " + day_ + " --\n";
    }
    append(out, line.row, style_.colour ? colour_of(line.verdict) : std::string_view{});
  }
  return out;
}

}  // namespace sg::app
