// SPDX-License-Identifier: Apache-2.0
// update_options.cpp - what the options of `learn`, `update` and `detach` mean, and their help texts.
#include "app/update/update_options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "app/arguments.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::array<OptionForm, 7> kLearnForms{{{"--from", true},
                                                 {"--min", true},
                                                 {"--generalise", true},
                                                 {"--policy", true},
                                                 {"--private-ns", true},
                                                 {"--json", false},
                                                 {"--help", false}}};
constexpr std::array<OptionForm, 9> kUpdateForms{{{"--allow", true},
                                                  {"--deny", true},
                                                  {"--deny-read", true},
                                                  {"--mode", true},
                                                  {"--from-annotations", true},
                                                  {"--policy", true},
                                                  {"--dry-run", false},
                                                  {"--json", false},
                                                  {"--help", false}}};
constexpr std::array<OptionForm, 1> kDetachForms{{{"--help", false}}};

// In the order of policy::Generalise.
constexpr std::array<std::string_view, 4> kGeneralise = {"none", "interfaces", "values", "all"};

std::string quote(std::string_view text) { return "'" + escape(text) + "'"; }

std::optional<std::string> value_of(const Arguments& arguments, std::string_view name) {
  const auto found = arguments.options.find(name);
  return found == arguments.options.end() ? std::nullopt : std::optional(found->second);
}

// The one container that is meant.
Result<std::string> read_container(const Arguments& arguments, const std::string& command) {
  if (arguments.operands.size() > 1) {
    return wrong_arguments("one container at a time: " + quote(arguments.operands[1]), command);
  }
  if (arguments.operands.empty() || arguments.operands.front().empty()) {
    return wrong_arguments("no container given: an ID, the beginning of one, or a name", command);
  }
  return arguments.operands.front();
}

Result<policy::NamespaceSet> read_namespaces(const std::string& list) {
  std::string_view unknown;
  if (const std::optional<policy::NamespaceSet> set = policy::parse_namespaces(list, unknown)) {
    return *set;
  }
  return wrong_arguments("--private-ns: unknown namespace " + quote(unknown) + "; known are net, ipc, uts, user",
                         "learn");
}

Status read_learn_values(const Arguments& arguments, LearnOptions& options) {
  if (const std::optional<std::string> min = value_of(arguments, "--min")) {
    const std::optional<std::uint64_t> number = parse_decimal(*min);
    if (!number || *number == 0) {
      return wrong_arguments("--min: " + quote(*min) + " is no number of times, 1 or more", "learn");
    }
    options.min = *number;
  }
  if (const std::optional<std::string> word = value_of(arguments, "--generalise")) {
    const auto found = std::ranges::find(kGeneralise, *word);
    if (found == kGeneralise.end()) {
      const std::optional<std::string_view> near = nearest(*word, kGeneralise);
      return wrong_arguments("--generalise: " + quote(*word) + " is not one of none, interfaces, values, all" +
                                 (near ? "; did you mean " + quote(*near) + "?" : ""),
                             "learn");
    }
    options.generalise = static_cast<policy::Generalise>(found - kGeneralise.begin());
  }
  if (const std::optional<std::string> list = value_of(arguments, "--private-ns")) {
    Result<policy::NamespaceSet> set = read_namespaces(*list);
    if (!set) {
      return std::move(set).error();
    }
    options.private_namespaces = *set;
  }
  return Ok{};
}

}  // namespace

const char* const kLearnHelp =
    R"(sysctl-guard learn: from the writes that were refused, or would have been in
audit mode, the smallest reasonable annotation that permits them.

Usage: sysctl-guard learn CONTAINER [OPTION]...
       sysctl-guard learn --from FILE [CONTAINER] [OPTION]...

CONTAINER is an ID, what one ID alone begins with, or a name as `list` shows it.
A name that could mean another container too is refused: names are chosen by
whoever makes a container. Its events are those that the host still has; needs
root. With --from it picks the events of one container, by its ID or what that
alone begins with.

Options:
  --from FILE        read events from FILE, as `sysctl-guard events --json`
                     prints them; "-" for standard input
  --min N            leave out rules for what was seen less than N times
  --generalise WHAT  how far beyond what was seen a rule may go; all by default
                       none        each interface and value as it was seen
                       interfaces  several interfaces become "*"
                       values      more than a few numbers become a range, many
                                   texts any value
                       all         both
  --policy FILE      the node policy, in place of the one of the container or
                     the installed one; "none" for the defaults
  --private-ns LIST  the namespaces that the container has to itself: net, ipc,
                     uts, user; default: those of the container, with --from
                     net,ipc,uts
  --json             print one JSON document
  -h, --help         print this help

Examples:
  What does this container need?
    sudo sysctl-guard learn 4f5b2c
  The same later, or elsewhere
    sudo sysctl-guard events --json >events
    sysctl-guard learn --from events

Exit codes:
  0  done, also where nothing was refused
  1  there are no events to be had, no container or several are meant, or the
     node policy is invalid
  2  wrong arguments
)";

const char* const kUpdateHelp =
    R"(sysctl-guard update: change the policy of a running container, in one step: each
access is judged by the old policy or by the new one. Needs root.

Usage: sysctl-guard update CONTAINER [OPTION]...

CONTAINER is an ID, what one ID alone begins with, or a name as `list` shows it.
A name that could mean another container too is refused: names are chosen by
whoever makes a container. The new policy is made as at the creation of the
container, from the same annotations but for those that are replaced here, and
must be within the node's limit. With no option the node policy is read again.

Options:
  --allow LIST             in place of io.sysctl-guard.allow
  --deny LIST              in place of io.sysctl-guard.deny
  --deny-read LIST         in place of io.sysctl-guard.deny-read
  --mode MODE              in place of io.sysctl-guard.mode: enforce or audit
  --from-annotations FILE  in place of all annotations: a JSON object of them or
                           a document with a member "annotations" (config.json,
                           the state); "-" for standard input
  --policy FILE            the node policy, in place of the one that the
                           container was created with
  --dry-run                print what would be gained and lost, change nothing
  --json                   print one JSON document
  -h, --help               print this help

Counters of the container begin again, the annotations of the engine stay as
they are: a new container with them has the old policy.

Examples:
  What would that change?
    sudo sysctl-guard update 4f5b2c --dry-run --allow 'net.ipv4.*'
  Grant what was refused
    rules=$(sudo sysctl-guard learn 4f5b2c --json |
        jq -r '.annotation.value // empty')
    sudo sysctl-guard update 4f5b2c --allow "${rules:?}"

Exit codes:
  0  done
  1  not done, nothing is changed: the new policy is invalid or beyond the
     node's limit, no container or several are meant, or the kernel refused
  2  wrong arguments
)";

const char* const kDetachHelp =
    R"(sysctl-guard detach: take the guard off a running container. From then on it may
write whatever the kernel and its mounts let it write. Needs root.

Usage: sysctl-guard detach CONTAINER

CONTAINER is an ID, what one ID alone begins with, or a name as `list` shows it.
A name that could mean another container too is refused: names are chosen by
whoever makes a container. To refuse less and stay guarded, see
sysctl-guard update --help.

Options:
  -h, --help  print this help

Examples:
  sudo sysctl-guard detach 4f5b2c

Exit codes:
  0  done
  1  not done: no container or several are meant, or the kernel refused
  2  wrong arguments
)";

Result<std::optional<LearnOptions>> parse_learn(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kLearnForms, "learn");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<LearnOptions>();
  }
  LearnOptions options;
  options.from = value_of(*arguments, "--from");
  options.node_policy = value_of(*arguments, "--policy");
  options.json = arguments->has("--json");
  if (!options.from || !arguments->operands.empty()) {
    Result<std::string> container = read_container(*arguments, "learn");
    if (!container) {
      return std::move(container).error();
    }
    options.container = *std::move(container);
  }
  if (Status read = read_learn_values(*arguments, options); !read) {
    return std::move(read).error();
  }
  return std::optional(std::move(options));
}

Result<std::optional<UpdateOptions>> parse_update(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kUpdateForms, "update");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<UpdateOptions>();
  }
  UpdateOptions options;
  Result<std::string> container = read_container(*arguments, "update");
  if (!container) {
    return std::move(container).error();
  }
  options.container = *std::move(container);
  for (const std::string key : {"allow", "deny", "deny-read", "mode"}) {
    if (const std::optional<std::string> list = value_of(*arguments, "--" + key)) {
      options.lists.emplace(key, *list);
    }
  }
  options.from_annotations = value_of(*arguments, "--from-annotations");
  options.node_policy = value_of(*arguments, "--policy");
  if (options.node_policy && !options.node_policy->starts_with('/')) {
    return wrong_arguments("--policy: " + quote(*options.node_policy) + " is not an absolute path", "update");
  }
  options.dry_run = arguments->has("--dry-run");
  options.json = arguments->has("--json");
  return std::optional(std::move(options));
}

Result<std::optional<DetachOptions>> parse_detach(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kDetachForms, "detach");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<DetachOptions>();
  }
  Result<std::string> container = read_container(*arguments, "detach");
  if (!container) {
    return std::move(container).error();
  }
  return std::optional(DetachOptions{*std::move(container)});
}

}  // namespace sg::app
