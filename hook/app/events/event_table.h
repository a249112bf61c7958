// SPDX-License-Identifier: Apache-2.0
// event_table.h - events as a table for people, a run of equal ones as one row.
//
// Events come in batches. Columns never become narrower from one batch to the next, so that rows stay below each
// other; the access, which is last, has what is left of the width and goes on in further lines. Everything in
// it is printable, but for the colours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "app/events/event.h"

namespace sg::app {

struct TableStyle {
  std::size_t width = 80;
  bool colour = false;
  bool clock = false;  // the time of day, and a line where the day changes; otherwise how long ago it was
};

class EventTable {
 public:
  explicit EventTable(const TableStyle& style) : style_(style) {}

  // The lines of these events, with the heading in front of the first ones. Equal events in a row (container,
  // comm, access and verdict) are one row with their number. The last row can go on in the next batch: then it is
  // counted, and comes with the next event that differs, or with `whole`.
  [[nodiscard]] std::string render(std::span<const Event> events, std::int64_t now_ns, bool whole);

 private:
  static constexpr std::size_t kColumns = 6;
  using Row = std::array<std::string, kColumns>;
  struct Line {
    Row row;
    policy::Verdict verdict;
    std::string day;
  };

  [[nodiscard]] Line line_of_run(std::int64_t now_ns);
  void widen(const Row& row);
  void append(std::string& out, const Row& row, std::string_view colour) const;

  TableStyle style_;
  std::array<std::size_t, kColumns> widths_{};
  std::string day_;
  bool has_heading_ = false;
  // The run at hand: its last event, how many are not printed yet, whether some are, whether one process made all.
  std::optional<Event> run_;
  std::uint64_t count_ = 0;
  bool continued_ = false;
  bool one_process_ = true;
};

}  // namespace sg::app
