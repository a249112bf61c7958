// SPDX-License-Identifier: Apache-2.0
// pins.h - the programs of policies that were loaded before, so that they are loaded once.
//
// A cache, and never the truth: any pin may go at any time. It is named by the hash of what the
// policy was made of; whether it is the one is decided by all bytes of that, which the program's
// metadata has. What is attached holds its program without the pin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/guard.h"

namespace sg::kernel {

// The most pins. A node has about a dozen policies.
inline constexpr std::size_t kPinsMax = 64;
// A program whose table and metadata are larger than kPinLargeMin bytes is a large one, of which
// together at most kPinLargeBytes are pinned: pins take 20 MiB of kernel memory at most.
inline constexpr std::size_t kPinLargeMin = std::size_t{64} << 10;
inline constexpr std::size_t kPinLargeBytes = std::size_t{16} << 20;

// Our directory, which was root's alone when it was looked at.
class Pins {
 public:
  // Nothing where there is no such directory.
  [[nodiscard]] static std::optional<Pins> open();

  // Of the buffer of events and what stands beside it.
  [[nodiscard]] EventMapIds event_map_ids() const;

  // The program that was made of exactly `input`; nothing where there is none, or what is pinned is
  // no guard.
  [[nodiscard]] std::optional<Guard> find(std::span<const std::uint8_t> input) const;

  // Pins the guard, in place of others where there are too many. Nothing happens where it cannot be
  // had, or another hook is pinning: the next container's hook tries again.
  void add(const Guard& guard, std::span<const std::uint8_t> input) const;

  // The map of the host that says which container is on which cgroup, of any pinned program;
  // invalid where there is none.
  [[nodiscard]] UniqueFd containers_map() const;

  [[nodiscard]] std::size_t count() const;
  // Of tables and metadata together.
  [[nodiscard]] std::size_t bytes() const;
  // Whether something else is pinned in the directory, such as the buffer of events.
  [[nodiscard]] bool has_others() const;

  // Removes all pins of programs, and says how many. Errors: kSystem.
  [[nodiscard]] Result<std::size_t> remove_all() const;

 private:
  Pins() = default;
};

}  // namespace sg::kernel
