// SPDX-License-Identifier: Apache-2.0
// container.h - which container a guard is for: what it says of it in the kernel, read and written.
//
// A program that many containers share has it in the storage of each cgroup, which the kernel makes
// and frees with the attachment; a container's own program has it in a map of one entry. Which it
// is is known by the map that the program has.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kernel/our_program.h"
#include "meta_abi.h"

namespace sg::kernel {

struct Container {
  std::string id = {};
  std::string name = {};             // as policy::text_of() has it
  std::uint64_t attached_at_ns = 0;  // CLOCK_REALTIME

  friend bool operator==(const Container&, const Container&) = default;
};

// As the map has it; of a name that is longer, the first name_room() bytes. Errors: kBadInput for
// an ID that is empty or does not fit.
[[nodiscard]] Result<sg_container> encode_container(const Container& container);
[[nodiscard]] Container decode_container(const sg_container& bytes);

// How many bytes of a name there is room for beside this ID.
[[nodiscard]] std::size_t name_room(std::string_view id) noexcept;

// The inode of the cgroup's directory, as storage and events have it. Errors: kSystem.
[[nodiscard]] Result<std::uint64_t> cgroup_id_of(int cgroup_fd);

// The key of a cgroup's storage for the guard's type of attachment.
[[nodiscard]] bpf_cgroup_storage_key storage_key(std::uint64_t cgroup_id) noexcept;

// Those that the kernel may ever have, each of which has counters of its own. Errors: kSystem.
[[nodiscard]] Result<std::uint32_t> possible_processors();

// The container in an entry of a map of sg_container; nothing where there is no such entry.
[[nodiscard]] std::optional<Container> container_in(int map_fd, const void* key);

// The container that the program guards on this cgroup; its name is empty for a guard of the layout
// before, whose text has it. One with an empty ID: the hook was killed before it wrote it. Nothing
// where the metadata has a layout that is not known, or the guard is gone since.
[[nodiscard]] std::optional<Container> read_container(const OurProgram& program,
                                                      std::uint64_t cgroup_id);

}  // namespace sg::kernel
