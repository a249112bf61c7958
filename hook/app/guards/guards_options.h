// SPDX-License-Identifier: Apache-2.0
// guards_options.h - the command lines of `list`, `show` and `metrics` into plain data.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace sg::app {

struct ListOptions {
  bool json = false;
};

struct ShowOptions {
  std::string container;  // its ID, the beginning of it, or its name
  bool json = false;
  bool graph = false;
};

struct MetricsOptions {
  std::optional<std::string> output;  // a file, in place of standard output
};

extern const char* const kListHelp;
extern const char* const kShowHelp;
extern const char* const kMetricsHelp;

// Nothing where the help was asked for. Errors: kUsage.
[[nodiscard]] Result<std::optional<ListOptions>> parse_list(std::span<const std::string> words);
[[nodiscard]] Result<std::optional<ShowOptions>> parse_show(std::span<const std::string> words);
[[nodiscard]] Result<std::optional<MetricsOptions>> parse_metrics(
    std::span<const std::string> words);

}  // namespace sg::app
