// SPDX-License-Identifier: Apache-2.0
// blocking_program.h - programs of others that let no guard in: on a cgroup or on one above it.
//
// A guard is attached beside others (BPF_F_ALLOW_MULTI). The kernel refuses that, with the errno
// that it has for a missing capability, where the cgroup has a program that was attached otherwise,
// and below a program that was attached without any flag.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace sg::kernel {

struct BlockingProgram {
  std::string cgroup_dir;  // where the directory of the cgroup is that has it
  std::uint32_t id = 0;
  std::string name;         // at most 15 bytes; may be empty
  bool lets_below = false;  // with BPF_F_ALLOW_OVERRIDE: only the cgroup itself gets no guard

  friend bool operator==(const BlockingProgram&, const BlockingProgram&) = default;
};

// The program for which this cgroup, of which a directory is open, gets no guard: one of its own,
// or one above it, up to the mount. Nothing where there is none, or we may not ask.
[[nodiscard]] std::optional<BlockingProgram> find_blocking_program(int cgroup_fd);

// All of this host, in the order of their directories. That of the root cgroup is none where it
// lets others in below: no container is there. Errors: kUnsupported where there is no cgroup2
// mount, the kernel has no such programs, or we may not ask (root only); kSystem.
[[nodiscard]] Result<std::vector<BlockingProgram>> list_blocking_programs();

// "the program 'NAME' (ID 12) on the cgroup 'DIR' lets in no other one, there or below"
[[nodiscard]] std::string describe(const BlockingProgram& program);

// What to do about it, one clause.
[[nodiscard]] std::string remedy_of(const BlockingProgram& program);

}  // namespace sg::kernel
