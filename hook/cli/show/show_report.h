// SPDX-License-Identifier: Apache-2.0
// show_report.h - all that is known of one guard, in both forms of what `show` answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/text_table.h"
#include "guard/guard_processes.h"
#include "guard/guard_view.h"
#include "guard/proc_sys_report.h"
#include "guard/unguarded_neighbours.h"

namespace sg::cli {

// What is shown beside the guard itself, whose metadata is there.
struct ShowFacts {
  std::size_t table_bytes = 0;
  std::optional<std::size_t> states = {};  // of the table; nothing where it is of another version
  // Bytes in the kernel: the container's own, and those of the program, which is that of so many
  // containers, this one among them.
  std::uint64_t own_memory = 0;
  std::uint64_t program_memory = 0;
  std::size_t sharing = 1;
  std::string node_policy = {};      // empty where it is the installed one, and none is installed
  bool has_new_node_policy = false;  // the file has changed since the guard was attached
  guard::GuardedProcesses processes = {};
  guard::SeenProcSys proc_sys = {};               // by the mounts of its processes
  std::vector<guard::Neighbour> neighbours = {};  // of this container
};

// What is wider than `width` is broken, and nothing is left out.
[[nodiscard]] std::string render_show_text(const guard::GuardView& view, const ShowFacts& facts,
                                           std::int64_t now_ns, std::size_t width = kUsualWidth);

// The document of `show --json`, as schema/show-output.v1.schema.json describes it.
[[nodiscard]] std::string render_show_json(const guard::GuardView& view, const ShowFacts& facts);

}  // namespace sg::cli
