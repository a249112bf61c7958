// SPDX-License-Identifier: Apache-2.0
// text_table.cpp - widths that the texts need, the widest made narrower until a line fits.
#include "app/text_table.h"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "base/check.h"

namespace sg::app {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kMore = "...";
using Row = std::vector<std::string>;

std::vector<std::size_t> widths_of(const std::vector<Row>& rows, std::size_t width) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    SG_CHECK(row.size() == widths.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], std::min(row[i].size(), width));
    }
  }
  const std::size_t gaps = (widths.size() - 1) * kGap.size();
  while (std::accumulate(widths.begin(), widths.end(), gaps) > width) {
    std::size_t& widest = *std::ranges::max_element(widths);
    if (widest <= kMore.size()) {
      break;  // nothing sensible is left
    }
    --widest;
  }
  return widths;
}

std::string cut(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : text.substr(0, width - kMore.size()).append(kMore);
}

}  // namespace

std::string text_table(const Row& titles, const std::vector<Row>& rows, std::size_t width) {
  std::vector<Row> all = {titles};
  all.insert(all.end(), rows.begin(), rows.end());
  const std::vector<std::size_t> widths = widths_of(all, width);
  std::string text;
  for (const Row& row : all) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = cut(row[i], widths[i]);
      line += (i == 0 ? "" : std::string(kGap)) + cell + std::string(widths[i] - cell.size(), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace sg::app
