// SPDX-License-Identifier: Apache-2.0
// our_program.h - the cgroup/sysctl programs on a cgroup, and which of them is a guard of ours.
//
// Ours is a program with a metadata map that begins with our magic (bpf/meta_abi.h), whatever
// layout follows: a guard that another version attached is known as one.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sg::kernel {

// One map of a program, as the kernel describes it.
struct ProgramMap {
  std::uint32_t id = 0;
  std::string name;  // at most 15 bytes
  std::uint32_t type = 0;
  std::uint32_t value_size = 0;
  std::uint32_t max_entries = 0;

  friend bool operator==(const ProgramMap&, const ProgramMap&) = default;
};

struct OurProgram {
  std::uint32_t id = 0;
  std::string name;
  std::string tag;                 // 16 hexadecimal digits, the same for the same instructions
  std::uint64_t loaded_at_ns = 0;  // CLOCK_BOOTTIME
  std::uint32_t layout = 0;        // of the metadata: SG_META_VERSION, or that of another version
  std::vector<std::uint8_t> meta;  // all bytes of it
  std::vector<ProgramMap> maps;    // all of them, also those that guards share
};

// The cgroup/sysctl programs attached to a cgroup itself, and how.
struct CgroupPrograms {
  std::vector<std::uint32_t> ids;
  std::uint32_t flags = 0;  // BPF_F_ALLOW_*, the same for all of them
};

// None where the cgroup is removed since. Errors: kUnsupported where the kernel has no such hook or
// we may not ask; kSystem.
[[nodiscard]] Result<CgroupPrograms> read_sysctl_programs(int cgroup_fd);

// Their IDs alone. Errors: the same.
[[nodiscard]] Result<std::vector<std::uint32_t>> sysctl_programs_on(int cgroup_fd);

// A program whose maps are open, in the order of OurProgram::maps.
struct OpenProgram {
  OurProgram program;
  std::vector<UniqueFd> maps;
};

// Nothing for a program that is not ours.
[[nodiscard]] std::optional<OpenProgram> open_our_program(int program_fd);
[[nodiscard]] std::optional<OurProgram> read_our_program(int program_fd);

// What the kernel says of a map; nothing, with errno, where it does not.
[[nodiscard]] std::optional<bpf_map_info> map_info_of(int map_fd);

// Its ID alone; 0 where it cannot be had.
[[nodiscard]] std::uint32_t map_id_of(int map_fd);

// Its map of that name; nothing where it has none.
[[nodiscard]] std::optional<ProgramMap> find_map(const OurProgram& program, std::string_view name);

}  // namespace sg::kernel
