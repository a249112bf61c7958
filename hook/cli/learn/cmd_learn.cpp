// SPDX-License-Identifier: Apache-2.0
// cmd_learn.cpp - events of a file, or those that the host still has, into an annotation.
#include "cli/learn/cmd_learn.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_io.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/guard_to_change.h"
#include "cli/learn/learn_report.h"
#include "cli/learn/suggest.h"
#include "cli/option_values.h"
#include "events/host_events.h"
#include "guard/find_guard.h"
#include "guard/guard_processes.h"
#include "guard/proc_sys_report.h"
#include "guard/read_guards.h"
#include "request/node_policy_load.h"
#include "request/own_namespaces.h"

namespace sg::cli {
namespace {

// A million events of the usual size.
constexpr std::size_t kEventsMax = std::size_t{512} << 20;

// The node policy of --policy, or the one that the hook's registration names.
Result<policy::NodePolicy> node_policy_of(const LearnOptions& options,
                                          const std::string& registered,
                                          const sysctl::NamespaceSet& namespaces) {
  Diagnostics findings;
  Result<request::LoadedNodePolicy> node = request::load_node_policy(
      request::chosen_node_policy(options.node_policy, registered), namespaces, findings);
  if (!node) {
    return std::move(node).error();
  }
  return findings.has_errors() ? Result<policy::NodePolicy>(request::error_of(findings))
                               : std::move(node->policy);
}

Result<std::vector<events::Event>> events_of_file(const std::string& file) {
  const std::string what = file == "-" ? "standard input" : "'" + escape(file) + "'";
  const Result<std::string> text = file == "-" ? read_all(STDIN_FILENO, kEventsMax, what)
                                               : read_file(AT_FDCWD, file, kEventsMax);
  const Result<std::vector<events::Event>> events = text ? read_event_lines(*text) : text.error();
  if (events) {
    return events;
  }
  Error error = Error(events.error()).context("option --from" + (text ? ": " + what : ""));
  error.hint =
      error.hint.empty() ? "name a file that sysctl-guard events --json wrote" : error.hint;
  return error;
}

sysctl::NamespaceSet on_this_kernel(sysctl::NamespaceSet set) {
  set.in_pid = request::pid_sysctls(host::kernel_release());
  return set;
}

Result<SuggestInput> input_of_file(const LearnOptions& options) {
  const Result<std::vector<events::Event>> events = events_of_file(*options.from);
  if (!events) {
    return events.error();
  }
  const Result<std::string> id = id_among(*events, options.container);
  if (!id) {
    return id.error();
  }
  Result<policy::NodePolicy> node = node_policy_of(
      options, "", on_this_kernel(options.private_namespaces.value_or(request::kEngineNamespaces)));
  if (!node) {
    return std::move(node).error();
  }
  return SuggestInput{.seen = gather(*events, *id),
                      .annotations = {},
                      .profile = "",
                      .known = {},
                      .node = *std::move(node)};
}

std::string lost_note(std::uint64_t lost) {
  return std::to_string(lost) +
         " events of all containers were lost: there may have been other writes; "
         "sysctl-guard events --clear makes room for new ones";
}

// Nothing where the container that is meant may be gone; else `not_found`, or that several are
// meant.
Status require_gone(const std::string& wanted, const Error& not_found) {
  const Result<guard::Containers> containers = guard::read_containers();
  if (!containers) {
    return not_found;
  }
  const Result<std::optional<guard::FoundContainer>> found =
      guard::find_container(*containers, wanted);
  if (!found) {
    return found.error();
  }
  // Engines name cgroups of containers by their IDs: it may run without a guard.
  const bool runs = std::ranges::any_of(containers->cgroups, [&wanted](const std::string& cgroup) {
    return cgroup.find(wanted) != std::string::npos;
  });
  const bool is_other = *found && (*found)->by != guard::FoundBy::kNameLikeId;
  return runs || is_other ? Status(not_found) : Status(Ok{});
}

// The events of a container that is gone, by its ID or what that alone begins with. Errors:
// `not_found` where there are none.
Result<SuggestInput> input_of_gone(const LearnOptions& options, const Error& not_found) {
  if (Status gone = require_gone(options.container, not_found); !gone) {
    return std::move(gone).error();
  }
  const Result<events::HostEvents> host = events::read_host_events("");
  const Result<std::string> id =
      host ? id_among(host->events, options.container) : Result<std::string>(not_found);
  if (!id) {
    return id.error();
  }
  SuggestInput input{
      .seen = gather(host->events, *id), .annotations = {}, .profile = "", .known = {}, .node = {}};
  if (input.seen.containers.empty()) {
    return not_found;
  }
  Result<policy::NodePolicy> node = node_policy_of(
      options, "", on_this_kernel(options.private_namespaces.value_or(request::kEngineNamespaces)));
  if (!node) {
    return std::move(node).error();
  }
  input.node = *std::move(node);
  input.notes.push_back("the container " + escape(*id, 128) +
                        " is gone, and with it what it was granted: put the rules beside that");
  if (host->lost > 0) {
    input.notes.push_back(lost_note(host->lost));
  }
  return input;
}

Result<SuggestInput> input_of_container(const LearnOptions& options) {
  const Result<GuardToChange> found = find_guard_to_change(options.container);
  if (!found) {
    return input_of_gone(options, found.error());
  }
  const Result<events::HostEvents> host = events::read_host_events(found->container.id);
  if (!host) {
    return host.error();
  }
  const Result<kernel::GuardDetails> running = kernel::read_details(found->guard);
  if (!running) {
    return running.error();
  }
  const compile::Origin& origin = found->meta.origin;
  Result<policy::NodePolicy> node = node_policy_of(
      options, origin.node_policy,
      on_this_kernel(options.private_namespaces.value_or(origin.private_namespaces)));
  if (!node) {
    return std::move(node).error();
  }
  SuggestInput input{.seen = gather(host->events, ""),
                     .annotations = origin.annotations,
                     .profile = origin.profile,
                     .known = origin.known,
                     .node = *std::move(node)};
  leave_out_permitted(input.seen, running->table);
  leave_out_pairs(input.seen, origin.sysctl);
  const guard::SeenProcSys proc_sys = guard::proc_sys_of(found->guard.cgroup_dir, "/proc");
  if (std::string note = guard::unlearnable_text(found->meta, proc_sys); !note.empty()) {
    input.notes.push_back(std::move(note));
  }
  if (host->lost > 0) {
    input.notes.push_back(lost_note(host->lost));
  }
  return input;
}

// In the order of Generalise.
constexpr std::array<std::string_view, 4> kGeneralise = {"none", "interfaces", "values", "all"};

}  // namespace

Outcome cmd_learn(const LearnOptions& options) {
  Result<SuggestInput> input = options.from ? input_of_file(options) : input_of_container(options);
  if (!input) {
    return outcome_of(input.error());
  }
  input->generalise = options.generalise;
  input->min = options.min;
  const Suggestion suggestion = suggest(*input);
  return {.output = options.json ? render_learn_json(suggestion) : render_learn(suggestion)};
}

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
    options.generalise = static_cast<Generalise>(found - kGeneralise.begin());
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
          "reasonable annotation that permits them. Where the node policy has \"events\": "
          "\"writes\", also the annotation that permits what was written and no more.",
      .usage = {"CONTAINER [OPTION]...", "--from FILE [CONTAINER] [OPTION]..."},
      .details =
          kContainerText +
          std::string(" Its events are those that the host still has; needs root. One that is gone "
                      "is found by its ID or what that alone begins with, as with --from."),
      .operands = std::move(operands),
      .options =
          {{"--from", "FILE",
            "read events from FILE, as `sysctl-guard events --json` prints them; \"-\" for "
            "standard input"},
           {"--min", "N", "leave out rules for what was seen less than N times"},
           {"--generalise", "WHAT",
            "how far beyond what was seen a rule may go; all by default\n"
            "  none        each interface and value as it was seen\n"
            "  interfaces  several interfaces become \"*\", names that machines make \"veth*\"\n"
            "  values      more than a few numbers become a range, many texts any value,\n"
            "              what a router dictates the range that is sane\n"
            "  all         both"},
           {"--policy", "FILE",
            "the node policy, in place of the one of the container or the installed one; "
            "\"none\" for the defaults"},
           {"--private-ns", "LIST",
            "the namespaces that the container has to itself: net, ipc, uts, user, pid; default: "
            "those of the container, with --from net,ipc,uts"},
           {"--json", "", kJsonHelp}},
      .examples = {{"What does this container need?", "sudo sysctl-guard learn 4f5b2c"},
                   {"The same later, or elsewhere",
                    "sudo sysctl-guard events --json >events\nsysctl-guard learn --from events"}},
      .exit_codes = {{kExitDone, "done, also where nothing was refused"},
                     {kExitFailed,
                      "there are no events to be had, no container or several are meant, or the "
                      "node policy is invalid"},
                     {kExitUsage, kUsageExit}},
      .run = run_with_options<read_learn_options, cmd_learn>};
}

}  // namespace sg::cli
