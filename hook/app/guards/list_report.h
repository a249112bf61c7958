// SPDX-License-Identifier: Apache-2.0
// list_report.h - the two forms of what `list` answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "app/guards/guard_view.h"
#include "cli/text_table.h"

namespace sg::app {

// A number in at most 8 characters: from 100,000,000 on with a unit of a thousand, and so on,
// rounded down.
[[nodiscard]] std::string short_number(std::uint64_t number);

// Rules that somebody wrote, or the runtime's own pairs.
[[nodiscard]] std::size_t written_rules(const compile::Meta& meta);

// A line for each guard, newest first, at most `width` wide; below it what is odd about a guard.
[[nodiscard]] std::string render_list_text(std::span<const GuardView> views, std::int64_t now_ns,
                                           std::size_t width = kUsualWidth);

// The document of `list --json`, as schema/list-output.v1.schema.json describes it.
[[nodiscard]] std::string render_list_json(std::span<const GuardView> views);

}  // namespace sg::app
