// SPDX-License-Identifier: Apache-2.0
// container.cpp - Container <-> sg_container <-> the map that has it.
//
// Tested by test/kernel/shared_guard_test.cpp.
#include "kernel/container.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"

namespace sg::kernel {
namespace {

// That of the layout before: behind the head.
std::optional<Container> read_before(const OurProgram& program) {
  sg_meta_before head;
  if (program.meta.size() < sizeof head) {
    return std::nullopt;
  }
  std::memcpy(&head, program.meta.data(), sizeof head);
  if (head.id_len > program.meta.size() - sizeof head) {
    return std::nullopt;
  }
  const char* const id = reinterpret_cast<const char*>(program.meta.data()) + sizeof head;
  return Container{std::string(id, head.id_len), "", head.attached_at_ns};
}

}  // namespace

Result<sg_container> encode_container(const Container& container) {
  if (container.id.empty() || container.id.size() >= SG_CONTAINER_ID_SIZE) {
    return Error{
        Errc::kBadInput,
        "container state: the ID has " + std::to_string(container.id.size()) + " bytes",
        "give the container an ID of 1 to " + std::to_string(SG_CONTAINER_ID_SIZE - 1) + " bytes"};
  }
  sg_container bytes{};
  bytes.attached_at_ns = container.attached_at_ns;
  std::ranges::copy(container.id, bytes.text);
  const std::size_t name_len = std::min(container.name.size(), name_room(container.id));
  const std::size_t start =
      std::min<std::size_t>(SG_CONTAINER_ID_SIZE, sizeof bytes.text - 1 - name_len);
  // A zero byte would end it.
  std::replace_copy(container.name.begin(),
                    container.name.begin() + static_cast<std::ptrdiff_t>(name_len),
                    bytes.text + start, '\0', '?');
  return bytes;
}

Container decode_container(const sg_container& bytes) {
  const std::string_view text(bytes.text, sizeof bytes.text);
  const std::string_view id = text.substr(0, text.find('\0'));
  const std::size_t start = std::min(text.find_first_not_of('\0', id.size()), text.size());
  const std::string_view rest = text.substr(start);
  return {.id = std::string(id),
          .name = std::string(rest.substr(0, rest.find('\0'))),
          .attached_at_ns = bytes.attached_at_ns};
}

std::size_t name_room(std::string_view id) noexcept {
  constexpr std::size_t kZeros = 2;  // one behind the ID, one behind the name
  return SG_CONTAINER_TEXT_SIZE - kZeros - std::min<std::size_t>(id.size(), SG_CONTAINER_ID_SIZE);
}

Result<std::uint64_t> cgroup_id_of(int cgroup_fd) {
  struct stat found {};
  if (::fstat(cgroup_fd, &found) != 0) {
    return system_error("inode of the cgroup", errno, "");
  }
  return std::uint64_t{found.st_ino};
}

bpf_cgroup_storage_key storage_key(std::uint64_t cgroup_id) noexcept {
  bpf_cgroup_storage_key key{};
  key.cgroup_inode_id = cgroup_id;
  key.attach_type = BPF_CGROUP_SYSCTL;
  return key;
}

Result<std::uint32_t> possible_processors() {
  const int processors = libbpf_num_possible_cpus();
  if (processors < 1) {
    return system_error("number of processors", -processors,
                        "/sys/devices/system/cpu/possible must be readable");
  }
  return static_cast<std::uint32_t>(processors);
}

std::optional<Container> container_in(int map_fd, const void* key) {
  sg_container bytes{};
  return bpf_map_lookup_elem(map_fd, key, &bytes) == 0 ? std::optional(decode_container(bytes))
                                                       : std::nullopt;
}

std::optional<Container> read_container(const OurProgram& program, std::uint64_t cgroup_id) {
  if (program.layout == SG_META_VERSION_BEFORE) {
    return read_before(program);
  }
  if (program.layout != SG_META_VERSION) {
    return std::nullopt;
  }
  const bpf_cgroup_storage_key storage = storage_key(cgroup_id);
  const __u32 first = 0;
  const std::optional<ProgramMap> shared = find_map(program, "sg_containers");
  const std::optional<ProgramMap> map = shared ? shared : find_map(program, "sg_container");
  if (!map || map->value_size != sizeof(sg_container) ||
      map->type != (shared ? BPF_MAP_TYPE_CGROUP_STORAGE : BPF_MAP_TYPE_ARRAY)) {
    return std::nullopt;
  }
  const UniqueFd fd(bpf_map_get_fd_by_id(map->id));
  const void* const key = shared ? static_cast<const void*>(&storage) : &first;
  return fd.valid() ? container_in(fd.get(), key) : std::nullopt;
}

}  // namespace sg::kernel
