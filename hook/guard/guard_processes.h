// SPDX-License-Identifier: Apache-2.0
// guard_processes.h - the processes below a guard: whether one could undo it, and what its mounts
// let it write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/proc_sys_view.h"

namespace sg::guard {

struct Undoer {
  std::uint64_t pid = 0;
  std::vector<std::string_view> capabilities;  // which give the right to, by name

  friend bool operator==(const Undoer&, const Undoer&) = default;
};

struct GuardedProcesses {
  std::size_t count = 0;              // that could be looked at
  std::optional<Undoer> undoer = {};  // the first, by number, that could undo the guard
};

// The processes in the cgroup of this directory and in those below it, sorted.
[[nodiscard]] std::vector<std::uint64_t> processes_below(const std::string& cgroup_dir);

// The mounts of the first of them that can be looked at. `proc` is /proc.
[[nodiscard]] std::optional<host::ProcSysView> proc_sys_of(const std::string& cgroup_dir,
                                                           const std::string& proc);

// The processes in the cgroup of this directory and in those below it. `proc` is /proc: a process
// counts where its user namespace is that of `proc`/self. One that ends meanwhile is none.
[[nodiscard]] GuardedProcesses look_at_processes(const std::string& cgroup_dir,
                                                 const std::string& proc);

}  // namespace sg::guard
