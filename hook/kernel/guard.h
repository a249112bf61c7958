// SPDX-License-Identifier: Apache-2.0
// guard.h - a guard's program: loaded for a policy, or taken from a pin.
//
// Where the kernel has bpf_loop, containers with the same policy share one program, and what is a
// container's own is in the storage of its cgroup. Where it has not, and for a policy of very many
// rules, each container has a program of its own. A failed load changes nothing.
#pragma once

#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/container.h"
#include "kernel/event_maps.h"

namespace sg::kernel {

// What a program is loaded from.
struct GuardInput {
  std::span<const std::uint8_t> table;  // a sg_table (bpf/table_abi.h), encoded by compile/
  std::uint32_t rule_count = 0;         // numbers of rules go from 1 to this
  // A sg_meta (bpf/meta_abi.h) with notes and text behind it, and the input that goes between.
  std::span<const std::uint8_t> meta;
  std::span<const std::uint8_t> input = {};
  // What it writes events for, one of SG_EVENTS_*, and where it writes them. Without maps: nothing.
  std::uint32_t events = 0;
  // The error of a refusal, as errno has it; EPERM where the kernel knows no other (before 5.18).
  int refusal = EPERM;
  const EventMaps* event_maps = nullptr;
  // The map of the host that says which container is on which cgroup; invalid: a new one is made.
  int containers_map = -1;
  bool may_share = true;     // false: a program of its own, also where the kernel has bpf_loop
  Container container = {};  // for a program of its own
};

// The program, and what is filled in for each container once it is attached.
class Guard {
 public:
  // Errors: kUnsupported where this kernel cannot do it, with what it lacks; kBadInput for a
  // container's ID that does not fit; kSystem otherwise, with the verifier's last line where there
  // is one.
  [[nodiscard]] static Result<Guard> load(const GuardInput& input);

  // The guard of a program that is loaded already. Errors, kUnsupported: it is none that containers
  // share, or its maps and constants are not what load() makes.
  [[nodiscard]] static Result<Guard> adopt(UniqueFd program);

  [[nodiscard]] int program_fd() const noexcept { return program_.get(); }
  // What the containers have in common: others may be attached to the same program.
  [[nodiscard]] bool is_shared() const noexcept { return containers_.valid(); }
  // The map of the host that says which container is where; -1 where this one is not shared.
  [[nodiscard]] int containers_map() const noexcept { return containers_.get(); }
  [[nodiscard]] std::uint32_t program_id() const noexcept { return program_id_; }
  // How many bytes table and metadata take.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  // Of an adopted one, all bytes of it; else empty.
  [[nodiscard]] const std::vector<std::uint8_t>& meta() const noexcept { return meta_; }

  // Which container it guards on this cgroup, of a shared one that is attached there. Nothing where
  // it is not.
  [[nodiscard]] std::optional<Container> container_on(std::uint64_t cgroup_id) const;

  // Says which container it guards on this cgroup, where it is attached, and sets its counters to
  // zero: the kernel keeps those of an earlier attachment. Nothing to do for a program of its own.
  // `is_fresh`: the kernel made the counters for this attachment. Errors: kBadInput, kSystem.
  [[nodiscard]] Status fill(std::uint64_t cgroup_id, const Container& container,
                            bool is_fresh) const;

  // The first half of it, also before it is attached, where the cgroup has storage from before.
  // Errors: the same.
  [[nodiscard]] Status write_container(std::uint64_t cgroup_id, const Container& container) const;

 private:
  UniqueFd program_;
  std::uint32_t program_id_ = 0;
  UniqueFd counts_;  // these two are invalid for a program of its own
  UniqueFd containers_;
  std::uint32_t counts_size_ = 0;  // bytes for each processor
  std::uint32_t processors_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::uint8_t> meta_;
};

// The most bytes that the counters of one container take, on all processors together: 1 MiB. Rules
// beyond are counted together, in the last entry. 1,023 rules have entries of their own on 32
// processors, 127 on 256.
inline constexpr std::uint32_t kCounterBytesMax = 1U << 20;

// Entries of the counters of a policy with that many rules, rule 0 among them, on a machine with
// that many processors: at least one.
[[nodiscard]] std::uint32_t count_slots(std::uint32_t rule_count, std::uint32_t processors);

}  // namespace sg::kernel
