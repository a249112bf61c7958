// SPDX-License-Identifier: Apache-2.0
// our_program.cpp - asks the kernel for programs and maps by ID, and looks for our magic.
//
// Tested by test/kernel/guards_test.cpp.
#include "kernel/our_program.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"
#include "meta_abi.h"

namespace sg::kernel {
namespace {

// A kernel takes at most this many programs on one cgroup and attach type.
constexpr __u32 kProgramsMax = 64;
// The guard uses eight maps at most; one that is ours has no more than this.
constexpr std::size_t kMapsMax = 16;
// Text of a policy that fits a table is far below; the kernel takes more.
constexpr std::size_t kMetaMax = std::size_t{64} << 20;

constexpr const char* kHint =
    "the hook needs CAP_BPF and CAP_NET_ADMIN in the host's user namespace (rootless engines have "
    "neither)";

// All bytes of a map that begins as our metadata does; nothing for any other map.
std::optional<std::vector<std::uint8_t>> read_meta(int map_fd, const bpf_map_info& info) {
  constexpr std::size_t kHeadMin = sizeof(sg_meta::magic) + sizeof(sg_meta::layout);
  if (info.type != BPF_MAP_TYPE_ARRAY || info.max_entries != 1 || info.value_size < kHeadMin ||
      info.value_size > kMetaMax) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> value(info.value_size);
  const __u32 key = 0;
  __u64 magic = 0;
  if (bpf_map_lookup_elem(map_fd, &key, value.data()) != 0) {
    return std::nullopt;
  }
  std::memcpy(&magic, value.data(), sizeof magic);
  return magic == SG_META_MAGIC ? std::optional(std::move(value)) : std::nullopt;
}

std::string hex_digits(const __u8 (&bytes)[BPF_TAG_SIZE]) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const __u8 byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
  return out;
}

}  // namespace

Result<CgroupPrograms> read_sysctl_programs(int cgroup_fd) {
  CgroupPrograms programs;
  programs.ids.resize(kProgramsMax);
  __u32 count = kProgramsMax;
  if (bpf_prog_query(cgroup_fd, BPF_CGROUP_SYSCTL, 0, &programs.flags, programs.ids.data(),
                     &count) != 0) {
    const int err = errno;
    if (err == ENOENT) {
      return CgroupPrograms();  // the cgroup is removed
    }
    Error error = system_error("ask for the programs on the cgroup", err, kHint);
    if (err == EINVAL || err == EPERM) {
      error.code = Errc::kUnsupported;
      error.hint = err == EINVAL ? "the kernel needs CONFIG_CGROUP_BPF" : kHint;
    }
    return error;
  }
  programs.ids.resize(count);
  return programs;
}

Result<std::vector<std::uint32_t>> sysctl_programs_on(int cgroup_fd) {
  Result<CgroupPrograms> programs = read_sysctl_programs(cgroup_fd);
  return programs ? Result<std::vector<std::uint32_t>>(std::move(programs->ids))
                  : std::move(programs).error();
}

std::optional<OpenProgram> open_our_program(int program_fd) {
  std::array<__u32, kMapsMax> map_ids{};
  bpf_prog_info info{};
  __u32 info_size = sizeof info;
  info.nr_map_ids = kMapsMax;
  info.map_ids = reinterpret_cast<__u64>(map_ids.data());
  if (bpf_obj_get_info_by_fd(program_fd, &info, &info_size) != 0) {
    return std::nullopt;
  }
  OpenProgram open{.program = {.id = info.id,
                               .name = info.name,
                               .tag = hex_digits(info.tag),
                               .loaded_at_ns = info.load_time,
                               .meta = {},
                               .maps = {}},
                   .maps = {}};
  OurProgram& program = open.program;
  for (std::size_t i = 0; i < info.nr_map_ids && i < kMapsMax; ++i) {
    UniqueFd map(bpf_map_get_fd_by_id(map_ids[i]));
    const std::optional<bpf_map_info> found = map.valid() ? map_info_of(map.get()) : std::nullopt;
    if (!found) {
      continue;  // no map of a guard: those live as long as the program
    }
    program.maps.push_back(
        {found->id, found->name, found->type, found->value_size, found->max_entries});
    if (program.meta.empty() && program.maps.back().name == "sg_meta") {
      program.meta = read_meta(map.get(), *found).value_or(std::vector<std::uint8_t>());
    }
    open.maps.push_back(std::move(map));
  }
  if (program.meta.empty()) {
    return std::nullopt;
  }
  std::memcpy(&program.layout, program.meta.data() + offsetof(sg_meta, layout),
              sizeof program.layout);
  return open;
}

std::optional<OurProgram> read_our_program(int program_fd) {
  std::optional<OpenProgram> open = open_our_program(program_fd);
  return open ? std::optional(std::move(open->program)) : std::nullopt;
}

std::optional<bpf_map_info> map_info_of(int map_fd) {
  bpf_map_info info{};
  __u32 size = sizeof info;
  return bpf_obj_get_info_by_fd(map_fd, &info, &size) == 0 ? std::optional(info) : std::nullopt;
}

std::uint32_t map_id_of(int map_fd) {
  const std::optional<bpf_map_info> info = map_info_of(map_fd);
  return info ? info->id : 0;
}

std::optional<ProgramMap> find_map(const OurProgram& program, std::string_view name) {
  const auto found = std::ranges::find(program.maps, name, &ProgramMap::name);
  return found == program.maps.end() ? std::nullopt : std::optional(*found);
}

}  // namespace sg::kernel
