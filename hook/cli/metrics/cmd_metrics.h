// SPDX-License-Identifier: Apache-2.0
// cmd_metrics.h - what guards have counted, in the text format of Prometheus (version 0.0.4).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "guard/guard_view.h"
#include "kernel/event_maps.h"

namespace sg::cli {

// The most series of one scrape that say what containers did. A server with the usual memory takes
// some million in all, of a few thousand nodes perhaps; 110 pods, as many as a node usually has,
// need a quarter of this.
inline constexpr std::size_t kSeriesMax = 4000;

// The most families of sysctls that a container has series for; rules may name as many as they
// like.
inline constexpr std::size_t kFamiliesMax = 16;

// What stands for all that has no series of its own.
inline constexpr std::string_view kOther = "other";

// The first two components of the rule's pattern, "net.ipv4"; "unmatched" and "beyond-limit" for
// the rules that nobody wrote.
[[nodiscard]] std::string family_of(const compile::MetaRule& rule);

// The text as the value of a label, with its quotes: escaped first as everything a container
// chooses.
[[nodiscard]] std::string label_value(std::string_view text);

// `host`: nothing where this host has no event buffer; then the metrics of it are absent.
[[nodiscard]] std::string render_metrics(std::span<const guard::GuardView> views,
                                         const std::optional<kernel::HostCounts>& host);

// One gauge: 1 where the directory of the event buffer is not root's alone.
[[nodiscard]] std::string render_event_directory(bool is_foreign);

}  // namespace sg::cli
