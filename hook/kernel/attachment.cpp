// SPDX-License-Identifier: Apache-2.0
// attachment.cpp - which program on a cgroup is ours, and attach or replace.
#include "kernel/attachment.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "base/unique_fd.h"
#include "meta_abi.h"

namespace sg::kernel {
namespace {

// A kernel takes at most this many programs on one cgroup and attach type.
constexpr __u32 kProgramsMax = 64;
// The guard uses four maps; one that is ours has no more.
constexpr std::size_t kMapsMax = 16;

constexpr const char* kHint =
    "the hook needs CAP_BPF and CAP_NET_ADMIN in the host's user namespace (rootless engines have neither)";

// The container's ID in a metadata map of ours; nothing for any other map.
std::optional<std::string> read_container_id(int map_fd) {
  bpf_map_info info{};
  __u32 info_size = sizeof info;
  if (bpf_obj_get_info_by_fd(map_fd, &info, &info_size) != 0 ||
      info.type != BPF_MAP_TYPE_ARRAY || info.max_entries != 1 ||
      info.value_size < sizeof(sg_meta)) {
    return std::nullopt;
  }
  std::vector<char> value(info.value_size);
  const __u32 key = 0;
  if (bpf_map_lookup_elem(map_fd, &key, value.data()) != 0) {
    return std::nullopt;
  }
  sg_meta meta;
  std::memcpy(&meta, value.data(), sizeof meta);
  if (meta.magic != SG_META_MAGIC || meta.layout != SG_META_VERSION ||
      meta.id_len > value.size() - sizeof meta) {
    return std::nullopt;
  }
  return std::string(value.data() + sizeof meta, meta.id_len);
}

// The container an attached program guards; nothing for a program that is not ours.
std::optional<std::string> guarded_container(int program_fd) {
  std::array<__u32, kMapsMax> map_ids{};
  bpf_prog_info info{};
  __u32 info_size = sizeof info;
  info.nr_map_ids = kMapsMax;
  info.map_ids = reinterpret_cast<__u64>(map_ids.data());
  if (bpf_obj_get_info_by_fd(program_fd, &info, &info_size) != 0) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < info.nr_map_ids && i < kMapsMax; ++i) {
    const UniqueFd map(bpf_map_get_fd_by_id(map_ids[i]));
    if (map.valid()) {
      if (std::optional<std::string> id = read_container_id(map.get())) {
        return id;
      }
    }
  }
  return std::nullopt;
}

// Our program on this cgroup, as an open descriptor; an invalid one where there is none.
Result<UniqueFd> find_guard(int cgroup_fd, const std::string& container_id) {
  std::array<__u32, kProgramsMax> ids{};
  __u32 count = kProgramsMax;
  if (bpf_prog_query(cgroup_fd, BPF_CGROUP_SYSCTL, 0, nullptr, ids.data(), &count) != 0) {
    const int err = errno;
    Error error = system_error("ask for the programs on the cgroup", err, kHint);
    if (err == EINVAL || err == EPERM) {
      error.code = Errc::kUnsupported;
      error.hint = err == EINVAL ? "the kernel needs CONFIG_CGROUP_BPF" : kHint;
    }
    return error;
  }
  UniqueFd ours;
  for (__u32 i = 0; i < count; ++i) {
    UniqueFd program(bpf_prog_get_fd_by_id(ids[i]));
    if (!program.valid()) {
      if (errno == ENOENT) {
        continue;  // detached since
      }
      return system_error("look at a program on the cgroup", errno, kHint);
    }
    const std::optional<std::string> id = guarded_container(program.get());
    if (!id) {
      continue;
    }
    if (*id != container_id) {
      return Error{Errc::kUnsupported, "the cgroup has a guard of another container already",
                   "give each container a cgroup of its own"};
    }
    ours = std::move(program);
  }
  return ours;
}

}  // namespace

Status attach_guard(int cgroup_fd, int program_fd, const std::string& container_id) {
  const Result<UniqueFd> old = find_guard(cgroup_fd, container_id);
  if (!old) {
    return old.error();
  }
  struct bpf_prog_attach_opts options {};  // a function has the same name
  options.sz = sizeof options;
  options.flags = BPF_F_ALLOW_MULTI;
  if (old->valid()) {
    options.flags |= BPF_F_REPLACE;
    options.replace_prog_fd = old->get();
  }
  if (bpf_prog_attach_opts(program_fd, cgroup_fd, BPF_CGROUP_SYSCTL, &options) != 0) {
    return system_error("attach the guard", errno, kHint);
  }
  return Ok{};
}

}  // namespace sg::kernel
