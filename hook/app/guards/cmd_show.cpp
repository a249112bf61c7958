// SPDX-License-Identifier: Apache-2.0
// cmd_show.cpp - `sysctl-guard show`: one guard, and what it decides by.
#include <span>
#include <utility>
#include <vector>

#include "app/clock.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/failure.h"
#include "app/guards/find_guard.h"
#include "app/guards/graph.h"
#include "app/guards/guard_processes.h"
#include "app/guards/read_guards.h"
#include "app/guards/show_report.h"
#include "compile/decode_table.h"

namespace sg::app {
namespace {

std::vector<Neighbour> neighbours_of(const GuardView& view, std::span<const GuardView> all) {
  std::vector<Neighbour> neighbours = unguarded_neighbours(all, "/proc");
  std::erase_if(neighbours, [&view](const Neighbour& neighbour) {
    return neighbour.container_id != view.meta->container_id;
  });
  return neighbours;
}

Result<std::string> show(const ShowOptions& options) {
  Result<Containers> containers = read_containers();
  if (!containers) {
    return containers.error();
  }
  const Result<const GuardView*> found = find_guard(*containers, options.container);
  if (!found) {
    return found.error();
  }
  GuardView view = **found;
  if (Result<std::vector<kernel::RuleCounts>> counts = kernel::read_counters(view.guard)) {
    view = make_view(std::move(view.guard), *std::move(counts));
  }
  const Result<kernel::GuardDetails> details = kernel::read_details(view.guard);
  if (!details) {
    return details.error();
  }
  const Result<compile::DecodedTable> table = compile::decode_table(details->table);
  if (options.graph) {
    return table ? Result<std::string>(render_graph(*table, view.meta->container_id))
                 : table.error();
  }
  ShowFacts facts{.table_bytes = details->table.size(),
                  .states = {},
                  .memory = details->memory,
                  .processes = look_at_processes(view.guard.cgroup_dir, "/proc"),
                  .proc_sys = proc_sys_of(view.guard.cgroup_dir, "/proc"),
                  .neighbours = neighbours_of(view, containers->guards)};
  if (table) {
    facts.states = table->dfa.state_count();
  }
  return options.json ? render_show_json(view, facts) : render_show_text(view, facts, now_ns());
}

}  // namespace

Outcome cmd_show(const ShowOptions& options) {
  Result<std::string> text = show(options);
  return text ? Outcome{.exit_code = kShowDone, .output = *std::move(text), .errors = ""}
              : failure(text.error(), kShowFailed);
}

}  // namespace sg::app
