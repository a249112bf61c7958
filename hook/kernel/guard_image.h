// SPDX-License-Identifier: Apache-2.0
// guard_image.h - the guard's programs, maps and types as bpf(2) takes them: record_image.cpp
// wrote them down at build time.
#pragma once

#include <linux/bpf.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sg::kernel {

struct ImageMap {
  const char* name;  // as the kernel cuts it
  std::uint32_t type;
  std::uint32_t key_size;
  std::uint32_t value_size;
  std::uint32_t max_entries;
  std::uint32_t flags;
};

// An instruction that wants the descriptor of a map: a double one, BPF_PSEUDO_MAP_FD or _VALUE.
struct MapUse {
  std::uint32_t instruction;
  std::uint32_t map;  // its place in kImageMaps
};

#include <guard_image_data.h>

struct Image {
  const char* name;  // of which the kernel keeps 15 bytes
  std::span<const bpf_insn> code;
  std::span<const MapUse> uses;
  std::span<const bpf_func_info> functions;
};
inline constexpr Image kGuard = {"sysctl_guard", sysctl_guard_code, sysctl_guard_maps,
                                 sysctl_guard_functions};
inline constexpr Image kGuardCurrent = {"sysctl_guard_cu", sysctl_guard_current_code,
                                        sysctl_guard_current_maps, sysctl_guard_current_functions};
inline constexpr Image kGuardBounded = {"sysctl_guard_bo", sysctl_guard_bounded_code,
                                        sysctl_guard_bounded_maps, sysctl_guard_bounded_functions};

// Its place in kImageMaps. Only for a name that is there: another one does not compile.
consteval std::size_t map_place(std::string_view name) {
  for (std::size_t place = 0; place < kImageMaps.size(); ++place) {
    if (kImageMaps[place].name == name) {
      return place;
    }
  }
  throw "no map has this name";
}

}  // namespace sg::kernel
