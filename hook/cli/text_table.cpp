// SPDX-License-Identifier: Apache-2.0
// text_table.cpp - the widths that cells need, made narrower until a line fits.
#include "cli/text_table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "policy/verdict.h"

namespace sg::cli {
namespace {

constexpr std::size_t kTerminalMin = 40;  // below it no table can be read anyway
constexpr std::string_view kGap = "  ";
// What is left of a column that gives way first.
constexpr std::size_t kRecognisable = 20;
// In a narrow terminal a column that goes on below still has this much, and the line is longer than
// the terminal.
constexpr std::size_t kWrapMin = 20;

// How many bytes of the text go into a line of `room`: up to a slash or blank, where one is in the
// second half.
std::size_t line_size(std::string_view text, std::size_t room) {
  if (text.size() <= room) {
    return text.size();
  }
  const std::size_t last = text.substr(0, room).find_last_of("/ ");
  return last == std::string_view::npos || last < room / 2 ? room : last + 1;
}

}  // namespace

std::string cut(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : text.substr(0, width - kMore.size()).append(kMore);
}

std::string painted(std::string_view text, std::string_view colour) {
  return std::string(colour).append(text).append(colour.empty() ? "" : policy::kNoColour);
}

TextTable::TextTable(std::vector<Column> columns, std::size_t width)
    : columns_(std::move(columns)), width_(width), widths_(columns_.size()) {}

void TextTable::add(std::vector<std::string> cells, std::string_view colour) {
  SG_CHECK(cells.size() == columns_.size());
  rows_.push_back({std::move(cells), colour, false});
}

void TextTable::add_line(std::string line) { rows_.push_back({{std::move(line)}, {}, true}); }

void TextTable::widen() {
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < columns_.size() && !row.is_line; ++i) {
      widths_[i] = std::max(widths_[i], row.cells[i].size());
    }
  }
  if (columns_.back().fit == Fit::kWrap) {
    widths_.back() = std::min(widths_.back(), std::max(kWrapMin, width_ / 3));
  }
}

void TextTable::narrow() {
  const std::size_t gaps = (columns_.size() - 1) * kGap.size();
  // The widest column that is wider than `least`, of those that give way first or of all that may
  // be cut.
  const auto widest = [&](bool is_first, std::size_t least) {
    std::size_t* found = nullptr;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Fit fit = columns_[i].fit;
      const bool may_be =
          fit == Fit::kCutFirst || ((fit == Fit::kCut || fit == Fit::kKeep) && !is_first);
      if (may_be && widths_[i] > (found == nullptr ? least : *found)) {
        found = &widths_[i];
      }
    }
    return found;
  };
  while (std::accumulate(widths_.begin(), widths_.end(), gaps) > width_) {
    std::size_t* column = widest(/*is_first=*/true, kRecognisable);
    column = column == nullptr ? widest(/*is_first=*/false, kMore.size()) : column;
    if (column == nullptr) {
      return;  // nothing sensible is left
    }
    --*column;
  }
}

// The cells behind a kept one that is wider than its column, as far as there is room.
std::string TextTable::behind_kept(const Row& row, std::size_t kept, std::size_t room) const {
  std::string rest;
  for (std::size_t i = kept + 1; i < columns_.size(); ++i) {
    rest.append(kGap).append(row.cells[i]);
  }
  return room < kGap.size() + kMore.size() ? "" : cut(rest, room);
}

std::string TextTable::line_of(const Row& row) const {
  if (row.is_line) {
    return row.cells.front() + "\n";
  }
  std::string out;
  std::size_t column = 0;  // where the next cell begins
  for (std::size_t i = 0; i + 1 < columns_.size(); ++i) {
    const std::size_t size = row.cells[i].size();
    if (columns_[i].fit == Fit::kKeep && size > widths_[i] && column + size <= width_) {
      return out + row.cells[i] + behind_kept(row, i, width_ - column - size) + "\n";
    }
    const std::string cell = cut(row.cells[i], widths_[i]);
    const std::string blanks(widths_[i] - cell.size(), ' ');
    out += columns_[i].is_number ? blanks : "";
    out += columns_[i].is_painted ? painted(cell, row.colour) : cell;
    out += (columns_[i].is_number ? "" : blanks) + std::string(kGap);
    column += widths_[i] + kGap.size();
  }
  std::string_view last = row.cells.back();
  if (columns_.back().fit != Fit::kWrap) {
    const std::string cell = cut(row.cells.back(), widths_.back());
    out += (columns_.back().is_number ? std::string(widths_.back() - cell.size(), ' ') : "") + cell;
  } else {
    const std::size_t room = std::max(width_ - std::min(width_, column), kWrapMin);
    for (;;) {
      const std::size_t size = line_size(last, room);
      out += last.substr(0, size);
      last.remove_prefix(size);
      if (last.empty()) {
        break;
      }
      out += "\n" + std::string(column, ' ');
    }
  }
  if (row.cells.back().empty()) {
    out.erase(out.find_last_not_of(' ') + 1);
  }
  return out + "\n";
}

std::string TextTable::take() {
  if (!rows_.empty() && !std::exchange(has_heading_, true)) {
    std::vector<std::string> titles;
    for (const Column& column : columns_) {
      titles.push_back(column.title);
    }
    rows_.insert(rows_.begin(), Row{std::move(titles), {}, false});
  }
  widen();
  narrow();
  std::string out;
  for (const Row& row : rows_) {
    out += line_of(row);
  }
  rows_.clear();
  return out;
}

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

bool wants_colour(int fd) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return ::isatty(fd) == 1 && (no_colour == nullptr || *no_colour == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::size_t terminal_width(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) {
    return kNoWidth;
  }
  return size.ws_col == 0 ? kUsualWidth : std::max<std::size_t>(size.ws_col, kTerminalMin);
}

}  // namespace sg::cli
