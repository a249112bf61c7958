// SPDX-License-Identifier: Apache-2.0
// load_image.h - one program of the image, with the maps it is given, into the kernel.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/guard_image.h"

namespace sg::kernel {

// How a map of the image is had.
struct MapPlan {
  // False: it is not there, and the verifier drops what would use it, or refuses the program.
  bool is_there = true;
  int given = -1;                 // borrowed: one that exists, in place of a new one
  std::uint32_t value_size = 0;   // of a new one, in bytes; 0: as it is declared
  std::uint32_t max_entries = 0;  // likewise
};
using MapPlans = std::array<MapPlan, kImageMaps.size()>;  // by place

struct LoadedImage {
  UniqueFd program;
  std::array<UniqueFd, kImageMaps.size()> made;
  std::array<int, kImageMaps.size()> maps{};  // the descriptors, made and given; -1: not there
};

// `constants` is the value of the map "sysctl_g.rodata", which is frozen before the program is
// verified. Nothing stays in the kernel where it fails. Errors: kSystem with what could not be done
// and, of a program, the verifier's complaint; `code` is then the errno.
[[nodiscard]] Result<LoadedImage> load_image(const Image& image, const MapPlans& plans,
                                             std::span<const std::uint8_t> constants, int& code);

}  // namespace sg::kernel
