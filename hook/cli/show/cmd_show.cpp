// SPDX-License-Identifier: Apache-2.0
// cmd_show.cpp - `sysctl-guard show`: one guard, and what it decides by.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/option_values.h"
#include "cli/show/graph.h"
#include "cli/show/show_report.h"
#include "compile/decode_table.h"
#include "guard/find_guard.h"
#include "guard/guard_processes.h"
#include "guard/read_guards.h"
#include "request/node_policy_load.h"

namespace sg::cli {
namespace {

std::vector<guard::Neighbour> neighbours_of(const guard::GuardView& view,
                                            std::span<const guard::GuardView> all) {
  std::vector<guard::Neighbour> neighbours = guard::unguarded_neighbours(all, "/proc");
  std::erase_if(neighbours, [&view](const guard::Neighbour& neighbour) {
    return neighbour.container_id != view.container.id;
  });
  return neighbours;
}

// The file that the hook reads, and whether it has changed since the guard was attached.
void look_at_node_policy(const guard::GuardView& view, ShowFacts& facts) {
  const compile::Meta& meta = *view.meta;
  constexpr std::uint64_t kSecond = 1'000'000'000;
  facts.node_policy =
      meta.origin.node_policy.empty() ? request::kNodePolicyFile : meta.origin.node_policy;
  struct stat file {};
  if (::stat(facts.node_policy.c_str(), &file) == 0) {
    facts.has_new_node_policy =
        static_cast<std::uint64_t>(file.st_ctim.tv_sec) * kSecond > view.container.attached_at_ns;
  } else if (meta.origin.node_policy.empty()) {
    facts.node_policy = "";
  }
}

Result<std::string> show(const Arguments& arguments) {
  Result<guard::Containers> containers = guard::read_containers();
  if (!containers) {
    return containers.error();
  }
  const Result<const guard::GuardView*> found = guard::find_guard(*containers, arguments.operand());
  if (!found) {
    return found.error();
  }
  guard::GuardView view = **found;
  if (Result<std::vector<kernel::RuleCounts>> counts = kernel::read_counters(view.guard)) {
    std::string engine_name = std::move(view.engine_name);
    view = guard::ViewMaker().make_view(std::move(view.guard), *std::move(counts));
    view.engine_name = std::move(engine_name);
  }
  const Result<kernel::GuardDetails> details = kernel::read_details(view.guard);
  if (!details) {
    return details.error();
  }
  const Result<compile::DecodedTable> table = compile::decode_table(details->table);
  if (arguments.has("--graph")) {
    return table ? Result<std::string>(render_graph(*table, view.container.id)) : table.error();
  }
  ShowFacts facts{.table_bytes = details->table.size(),
                  .states = {},
                  .own_memory = details->own_memory,
                  .program_memory = details->program_memory,
                  .sharing = static_cast<std::size_t>(std::ranges::count_if(
                      containers->guards,
                      [&view](const guard::GuardView& other) {
                        return other.guard.program->id == view.guard.program->id;
                      })),
                  .processes = guard::look_at_processes(view.guard.cgroup_dir, "/proc"),
                  .proc_sys = guard::proc_sys_of(view.guard.cgroup_dir, "/proc"),
                  .neighbours = neighbours_of(view, containers->guards)};
  look_at_node_policy(view, facts);
  if (table) {
    facts.states = table->dfa.state_count();
  }
  return arguments.has("--json")
             ? render_show_json(view, facts)
             : render_show_text(view, facts, now_ns(), terminal_width(STDOUT_FILENO));
}

Result<Outcome> run(const Arguments& arguments) {
  Result<std::string> text = show(arguments);
  return text ? Outcome{.output = *std::move(text)} : outcome_of(text.error());
}

}  // namespace

Command show_command() {
  return {.name = "show",
          .line = "the policy of one container, rule by rule",
          .about =
              "the policy of one container, as its guard in the kernel has it: each rule with its "
              "source and how often it decided. Needs root.",
          .usage = {"CONTAINER [--json | --graph]"},
          .details = kContainerText,
          .operands = container_operand(),
          .options = {{"--json", "", kJsonHelp},
                      {"--graph", "", "print the automaton that decides, for Graphviz"}},
          .conflicts = {{"--json", "--graph"}},
          .examples = {{"", "sudo sysctl-guard show 4f5b2c"},
                       {"", "sudo sysctl-guard show --graph 4f5b2c | dot -Tsvg >policy.svg"}},
          .exit_codes = {{kExitDone, "done"},
                         {kExitFailed,
                          "no container or several are meant, or the kernel could not be asked"},
                         {kExitUsage, kUsageExit}},
          .run = run};
}

}  // namespace sg::cli
