// SPDX-License-Identifier: Apache-2.0
// cmd_list.h - `sysctl-guard list`: the two forms of its answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "cli/text_table.h"
#include "guard/guard_view.h"

namespace sg::cli {

// A line for each guard, newest first, at most `width` wide; below it what is odd about a guard.
[[nodiscard]] std::string render_list_text(std::span<const guard::GuardView> views,
                                           std::int64_t now_ns, std::size_t width = kUsualWidth);

// The document of `list --json`, as schema/list-output.v1.schema.json describes it.
[[nodiscard]] std::string render_list_json(std::span<const guard::GuardView> views);

}  // namespace sg::cli
