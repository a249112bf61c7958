// SPDX-License-Identifier: Apache-2.0
// text_table.h - rows of text into a table that fits a width.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sg::app {

// The widest line of a table of a command.
inline constexpr std::size_t kLineWidth = 80;

// The rows below `titles`, each with as many cells, columns two blanks apart, the last one not padded. Where a line
// would be wider than `width`, the widest columns are cut, with "..." at the end of what is cut. Cells must be
// printable ASCII: one byte is one column.
[[nodiscard]] std::string text_table(const std::vector<std::string>& titles,
                                     const std::vector<std::vector<std::string>>& rows, std::size_t width);

}  // namespace sg::app
