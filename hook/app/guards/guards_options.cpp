// SPDX-License-Identifier: Apache-2.0
// guards_options.cpp - what the options of `list`, `show` and `metrics` mean, and their help texts.
#include "app/guards/guards_options.h"

#include <array>
#include <utility>

#include "app/arguments.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::array<OptionForm, 2> kListForms{{{"--json", false}, {"--help", false}}};
constexpr std::array<OptionForm, 3> kShowForms{
    {{"--json", false}, {"--graph", false}, {"--help", false}}};
constexpr std::array<OptionForm, 2> kMetricsForms{{{"--output", true}, {"--help", false}}};

Status no_operands(const Arguments& arguments, const std::string& command) {
  if (arguments.operands.empty()) {
    return Ok{};
  }
  return wrong_arguments("nothing can stand here: '" + escape(arguments.operands.front()) + "'",
                         command);
}

}  // namespace

const char* const kListHelp =
    R"(sysctl-guard list: the containers on this host that have a guard, newest first,
and what their guards have counted. Read from the kernel; needs root.

Usage: sysctl-guard list [--json]

Columns:
  ID          of the container, the first 12 characters
  NAME        where an annotation of the engine gives it
  MODE        enforce or audit
  RULES       rules that somebody wrote
  DENIED      accesses that were refused
  WOULD-DENY  accesses that the policy denies and that audit mode let through
  ALLOWED     writes that were let through by a rule
  AGE         since the guard was attached or replaced; counters begin then

Options:
  --json      print one JSON document
  -h, --help  print this help

Examples:
  sudo sysctl-guard list
  Which containers were refused something?
    sudo sysctl-guard list --json | jq -r '.guards[] | select(.denied > 0).id'

Exit codes:
  0  done, also where no container has a guard
  1  the kernel could not be asked
  2  wrong arguments
)";

const char* const kShowHelp =
    R"(sysctl-guard show: the policy of one container, as its guard in the kernel has
it: each rule with its source and how often it decided. Needs root.

Usage: sysctl-guard show CONTAINER [--json | --graph]

CONTAINER is an ID, what one ID alone begins with, or a name as `list` shows it.
A name that could mean another container too is refused: names are chosen by
whoever makes a container.

Options:
  --json      print one JSON document
  --graph     print the automaton that decides, for Graphviz
  -h, --help  print this help

Examples:
  sudo sysctl-guard show 4f5b2c
  sudo sysctl-guard show --graph 4f5b2c | dot -Tsvg >policy.svg

Exit codes:
  0  done
  1  no container or several are meant, or the kernel could not be asked
  2  wrong arguments
)";

const char* const kMetricsHelp =
    R"(sysctl-guard metrics: what all guards on this host have counted, in the text
format of Prometheus. Needs root.

Usage: sysctl-guard metrics [--output FILE]

Options:
  --output FILE  write to FILE, which changes in one step, as node_exporter's
                 textfile collector needs it
  -h, --help     print this help

Examples:
  sudo sysctl-guard metrics
  sudo sysctl-guard metrics \
      --output /var/lib/prometheus/node-exporter/sysctl-guard.prom

Exit codes:
  0  done
  1  the kernel could not be asked, or FILE not be written: FILE is as it was
  2  wrong arguments
)";

Result<std::optional<ListOptions>> parse_list(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kListForms, "list");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<ListOptions>();
  }
  if (Status none = no_operands(*arguments, "list"); !none) {
    return std::move(none).error();
  }
  return std::optional(ListOptions{.json = arguments->has("--json")});
}

Result<std::optional<ShowOptions>> parse_show(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kShowForms, "show");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<ShowOptions>();
  }
  if (arguments->operands.empty()) {
    return wrong_arguments("no container given: an ID, the beginning of one, or a name", "show");
  }
  if (arguments->operands.size() > 1) {
    return wrong_arguments("one container at a time: '" + escape(arguments->operands[1]) + "'",
                           "show");
  }
  if (arguments->has("--json") && arguments->has("--graph")) {
    return wrong_arguments("--json and --graph do not go together", "show");
  }
  return std::optional(ShowOptions{.container = arguments->operands.front(),
                                   .json = arguments->has("--json"),
                                   .graph = arguments->has("--graph")});
}

Result<std::optional<MetricsOptions>> parse_metrics(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kMetricsForms, "metrics");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<MetricsOptions>();
  }
  if (Status none = no_operands(*arguments, "metrics"); !none) {
    return std::move(none).error();
  }
  MetricsOptions options;
  if (const auto found = arguments->options.find("--output"); found != arguments->options.end()) {
    if (found->second.empty()) {
      return wrong_arguments("--output: the file has no name", "metrics");
    }
    options.output = found->second;
  }
  return std::optional(std::move(options));
}

}  // namespace sg::app
