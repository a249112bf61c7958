// SPDX-License-Identifier: Apache-2.0
// text_table.h - rows of text into aligned columns below a heading, as wide as the terminal at
// most; and what that terminal is.
//
// Rows may come in batches: columns remember how wide they were. Cells must be printable ASCII: one
// byte is one column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sg::cli {

// Colours only where a person looks: a terminal that has them, and nobody who asked for none
// (NO_COLOR, TERM=dumb).
[[nodiscard]] bool wants_colour(int fd);

// The columns of the terminal, never fewer than 40, and kUsualWidth where it does not say; kNoWidth
// where it is none: nothing is cut.
[[nodiscard]] std::size_t terminal_width(int fd);
inline constexpr std::size_t kUsualWidth = 80;
inline constexpr std::size_t kNoWidth = SIZE_MAX;

// What becomes of a column where a line would be too wide. Those of kCutFirst give way first, as
// long as 20 bytes of them are left; then the widest does, with "..." at the end of what is cut.
// kKeep is as kCut, but a cell that fits into its line stays whole: what stands behind it in that
// line is cut instead, out of its column. kWrap is for the last column: it goes on in further
// lines, and nothing of it is lost.
enum class Fit { kWhole, kCut, kKeep, kCutFirst, kWrap };

struct Column {
  std::string title;
  Fit fit = Fit::kWhole;
  bool is_number = false;   // aligned at the right
  bool is_painted = false;  // has the colour of the row
};

// The text, or where it is wider what fits with kMore behind it.
inline constexpr std::string_view kMore = "...";
[[nodiscard]] std::string cut(const std::string& text, std::size_t width);

// The text in the colour; as it is where that is empty.
[[nodiscard]] std::string painted(std::string_view text, std::string_view colour);

class TextTable {
 public:
  TextTable(std::vector<Column> columns, std::size_t width);

  // As many cells as there are columns.
  void add(std::vector<std::string> cells, std::string_view colour = {});
  // A line of its own between rows, which is not cut.
  void add_line(std::string line);
  // The lines of what was added since the last time, the heading in front of the first ones.
  [[nodiscard]] std::string take();

 private:
  struct Row {
    std::vector<std::string> cells;  // one alone: a line
    std::string_view colour;
    bool is_line = false;
  };

  void widen();
  void narrow();
  [[nodiscard]] std::string line_of(const Row& row) const;
  [[nodiscard]] std::string behind_kept(const Row& row, std::size_t kept, std::size_t room) const;

  std::vector<Column> columns_;
  std::size_t width_;
  std::vector<std::size_t> widths_;
  std::vector<Row> rows_;
  bool has_heading_ = false;
};

// A number in at most 8 characters: from 100,000,000 on with a unit of a thousand, and so on,
// rounded down.
[[nodiscard]] std::string short_number(std::uint64_t number);

}  // namespace sg::cli
