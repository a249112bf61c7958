// SPDX-License-Identifier: Apache-2.0
// guard.h - loads the guard with one container's table and attaches it to the container's cgroup.
//
// Nothing is pinned. An attachment lives as long as its cgroup, so a crash of the hook, the runtime
// or the engine leaves nothing behind, and a failed load or attach changes nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/event_maps.h"

struct bpf_object_skeleton;
struct sysctl_guard;

namespace sg::kernel {

// What is loaded for one container.
struct GuardInput {
  std::span<const std::uint8_t> table;  // a sg_table (bpf/table_abi.h), encoded by compile/
  std::uint32_t rule_count = 0;         // numbers of rules go from 1 to this
  std::span<const std::uint8_t> meta;   // a sg_meta (bpf/meta_abi.h) with the text behind it
  // What it writes events for, one of SG_EVENTS_*, where it writes them, and as whose. Without
  // maps: nothing.
  std::uint32_t events = 0;
  const EventMaps* event_maps = nullptr;
  std::string_view container_id = {};
};

struct SkeletonDeleter {
  void operator()(sysctl_guard* skeleton) const noexcept;
};

// A loaded guard; dropping it unloads the program, unless it is attached.
class Guard {
 public:
  // Errors: kUnsupported where this kernel cannot do it, with what it lacks; kSystem otherwise,
  // with the verifier's last line where there is one.
  [[nodiscard]] static Result<Guard> load(const GuardInput& input);

  [[nodiscard]] int program_fd() const noexcept { return program_fd_; }

 private:
  Guard(std::unique_ptr<sysctl_guard, SkeletonDeleter> skeleton, int program_fd)
      : skeleton_(std::move(skeleton)), program_fd_(program_fd) {}

  std::unique_ptr<sysctl_guard, SkeletonDeleter> skeleton_;
  int program_fd_;  // owned by the skeleton
};

}  // namespace sg::kernel
