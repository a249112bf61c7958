// SPDX-License-Identifier: Apache-2.0
// guards.h - every guard on this host, and what it has counted: from the kernel alone.
//
// There is no file and no pin to read. The cgroups are walked, each is asked for its programs, and
// a program with metadata of ours is a guard. A program that several containers share is read once.
// What the bytes of metadata and table say is for compile/ to tell.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "event_abi.h"
#include "kernel/container.h"
#include "kernel/our_program.h"

namespace sg::kernel {

struct AttachedGuard {
  std::string cgroup;           // as /proc/PID/cgroup names it
  std::string cgroup_dir;       // where its directory is
  std::uint64_t cgroup_id = 0;  // the directory's inode, as events have it
  std::shared_ptr<const OurProgram> program;
  // Nothing where the metadata has a layout that is not known.
  std::optional<Container> container = {};
  std::uint32_t others = 0;  // cgroup/sysctl programs on the same cgroup that are not ours
};

// How often one rule has decided, by SG_VERDICT_*.
using RuleCounts = std::array<std::uint64_t, SG_VERDICTS>;

// What list needs not, as it costs more.
struct GuardDetails {
  std::vector<std::uint8_t> table;  // a sg_table (bpf/table_abi.h)
  // Bytes of kernel memory: of program and maps, as their fdinfo says, without what all guards of
  // the host share; and what the container's own counters and its ID take beside them.
  std::uint64_t program_memory = 0;
  std::uint64_t own_memory = 0;
};

// In the order of their cgroups' paths. A cgroup that goes away meanwhile is none. Errors:
// kUnsupported where there is no cgroup2 mount, the kernel has no such programs, or we may not ask
// (root only); kSystem.
[[nodiscard]] Result<std::vector<AttachedGuard>> list_guards();

// By the number of the rule, 0: no rule; summed over all processors. Of more rules than there are
// counters, the last one has the sum of all from there on. Errors: kSystem, also where the guard is
// gone since.
[[nodiscard]] Result<std::vector<RuleCounts>> read_counters(const AttachedGuard& guard);

// Errors: as read_counters.
[[nodiscard]] Result<GuardDetails> read_details(const AttachedGuard& guard);

// The guard's cgroup, open: to replace or detach it. Errors: kSystem where it is gone since.
[[nodiscard]] Result<UniqueFd> open_guarded_cgroup(const AttachedGuard& guard);

}  // namespace sg::kernel
