// SPDX-License-Identifier: Apache-2.0
// learn_command.cpp - the declaration of `learn`, and its numbers and words.
#include "cli/learn/learn_command.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/option_values.h"

namespace sg::cli {
namespace {

// In the order of policy::Generalise.
constexpr std::array<std::string_view, 4> kGeneralise = {"none", "interfaces", "values", "all"};

Result<Outcome> run(const Arguments& arguments) {
  const Result<LearnOptions> options = read_learn_options(arguments);
  return options ? Result<Outcome>(cmd_learn(*options)) : options.error();
}

}  // namespace

Result<LearnOptions> read_learn_options(const Arguments& arguments) {
  LearnOptions options;
  options.container = arguments.operand();
  options.from = arguments.value("--from");
  options.node_policy = arguments.value("--policy");
  options.json = arguments.has("--json");
  if (options.container.empty() && (!options.from || !arguments.operands.empty())) {
    return wrong_arguments("no container given" + container_operand().hint);
  }
  if (const std::optional<std::string> min = arguments.value("--min")) {
    options.min = parse_decimal(*min).value_or(0);
    if (options.min == 0) {
      return wrong_arguments("--min: '" + escape(*min) + "' is no number of times, 1 or more");
    }
  }
  if (const std::optional<std::string> word = arguments.value("--generalise")) {
    const auto found = std::ranges::find(kGeneralise, *word);
    if (found == kGeneralise.end()) {
      return wrong_arguments("--generalise: '" + escape(*word) +
                             "' is not one of none, interfaces, values, all" +
                             did_you_mean(*word, kGeneralise));
    }
    options.generalise = static_cast<policy::Generalise>(found - kGeneralise.begin());
  }
  Result<std::optional<sysctl::NamespaceSet>> namespaces = read_private_namespaces(arguments);
  if (!namespaces) {
    return std::move(namespaces).error();
  }
  options.private_namespaces = *namespaces;
  return options;
}

Command learn_command() {
  Operands operands = container_operand();
  operands.min = 0;  // with --from
  return {
      .name = "learn",
      .line = "from what was refused, the smallest annotation that permits it",
      .about =
          "from the writes that were refused, or would have been in audit mode, the smallest "
          "reasonable "
          "annotation that permits them.",
      .usage = {"CONTAINER [OPTION]...", "--from FILE [CONTAINER] [OPTION]..."},
      .details = kContainerText +
                 std::string(" Its events are those that the host still has; needs root. With "
                             "--from it picks the events of one container, by its ID or what that "
                             "alone begins with."),
      .operands = std::move(operands),
      .options = {{"--from", "FILE",
                   "read events from FILE, as `sysctl-guard events --json` prints them; \"-\" for "
                   "standard input"},
                  {"--min", "N", "leave out rules for what was seen less than N times"},
                  {"--generalise", "WHAT",
                   "how far beyond what was seen a rule may go; all by default\n"
                   "  none        each interface and value as it was seen\n"
                   "  interfaces  several interfaces become \"*\"\n"
                   "  values      more than a few numbers become a range, many texts any value\n"
                   "  all         both"},
                  {"--policy", "FILE",
                   "the node policy, in place of the one of the container or the installed one; "
                   "\"none\" for the "
                   "defaults"},
                  {"--private-ns", "LIST",
                   "the namespaces that the container has to itself: net, ipc, uts, user; default: "
                   "those of the "
                   "container, with --from net,ipc,uts"},
                  {"--json", "", kJsonHelp}},
      .examples = {{"What does this container need?", "sudo sysctl-guard learn 4f5b2c"},
                   {"The same later, or elsewhere",
                    "sudo sysctl-guard events --json >events\nsysctl-guard learn --from events"}},
      .exit_codes = {{kExitDone, "done, also where nothing was refused"},
                     {kExitFailed,
                      "there are no events to be had, no container or several are meant, or the "
                      "node policy is "
                      "invalid"},
                     {kExitUsage, "wrong arguments"}},
      .run = run};
}

}  // namespace sg::cli
