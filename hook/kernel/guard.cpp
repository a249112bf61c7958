// SPDX-License-Identifier: Apache-2.0
// guard.cpp - open the object, size it to the policy, load it, fill and freeze its maps.
//
// The program with bpf_loop is tried first, since it is verified in a tenth of the time; a kernel
// before 5.17 refuses it and gets the one with plain loops. Before 6.1 no helper says which task it
// is, so that one's events do without. Each attempt owns its skeleton, so one that fails leaves
// nothing in the kernel.
//
// Tested by test/kernel/guard_test.cpp.
#include "kernel/guard.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/check.h"
#include "event_abi.h"
#include "kernel/guard_skel.h"
#include "kernel/libbpf_log.h"
#include "table_abi.h"

namespace sg::kernel {
namespace {

using Skeleton = std::unique_ptr<sysctl_guard, SkeletonDeleter>;

// What a kernel may lack.
struct Attempt {
  bool bpf_loop = false;  // 5.17
  bool task = false;      // 6.1: which task it is
};
constexpr std::array<Attempt, 3> kAttempts = {{{true, true}, {true, false}, {false, false}}};

constexpr const char* kHint =
    "the guard needs Linux 5.10 or newer with CONFIG_CGROUP_BPF, and CAP_BPF with CAP_NET_ADMIN; "
    "before "
    "5.11 also CAP_SYS_RESOURCE or an unlimited RLIMIT_MEMLOCK";

Error load_error(const char* what, int code) {
  const std::string said = libbpf_reason();
  Error error = system_error(what, code, kHint);
  // For want of a right libbpf blames the limit on locked memory, which newer kernels do not ask
  // for.
  if (!said.empty() && code != EPERM) {
    error.message += " (" + said + ")";
  }
  if (code == EPERM || code == EINVAL || code == E2BIG || code == EOPNOTSUPP) {
    error.code = Errc::kUnsupported;
  }
  return error;
}

// Before load: the sizes of maps and the constants the verifier sees.
int set_sizes(sysctl_guard& skeleton, const GuardInput& input, const Attempt& attempt) {
  bpf_program__set_autoload(skeleton.progs.sysctl_guard, attempt.bpf_loop);
  bpf_program__set_autoload(skeleton.progs.sysctl_guard_bounded, !attempt.bpf_loop);
  skeleton.rodata->cell_mask =
      static_cast<__u32>((input.table.size() - sizeof(sg_table)) / sizeof(__u32) - 1);
  int err = bpf_map__set_value_size(skeleton.maps.sg_table, static_cast<__u32>(input.table.size()));
  if (err == 0) {
    err = bpf_map__set_value_size(skeleton.maps.sg_meta, static_cast<__u32>(input.meta.size()));
  }
  if (err == 0) {
    err = bpf_map__set_max_entries(skeleton.maps.sg_counters, input.rule_count + 1);
  }
  // Not to be mapped into memory, as libbpf would have it: that would take two pages for a hundred
  // bytes.
  return err == 0 ? bpf_map__set_map_flags(skeleton.maps.rodata, BPF_F_RDONLY_PROG) : err;
}

// Before load: what the guard writes events for, and the pinned maps in place of its own. Without
// them the verifier drops what would use them.
int set_events(sysctl_guard& skeleton, const GuardInput& input, const Attempt& attempt) {
  const bool writes_events = input.event_maps != nullptr && input.events != SG_EVENTS_OFF;
  skeleton.rodata->events = writes_events ? input.events : SG_EVENTS_OFF;
  skeleton.rodata->has_task = attempt.task ? 1 : 0;
  // One byte less: a zero byte at the end.
  std::ranges::copy(input.container_id.substr(0, SG_EVENT_ID_SIZE - 1),
                    skeleton.rodata->container_id);
  int err = 0;
  if (writes_events) {
    err = bpf_map__reuse_fd(skeleton.maps.sg_events, input.event_maps->ring.get());
    return err == 0 ? bpf_map__reuse_fd(skeleton.maps.sg_event_state, input.event_maps->state.get())
                    : err;
  }
  err = bpf_map__set_autocreate(skeleton.maps.sg_events, false);
  return err == 0 ? bpf_map__set_autocreate(skeleton.maps.sg_event_state, false) : err;
}

// Writes the one entry of a map, after which nobody can: neither programs nor CAP_SYS_ADMIN by ID.
Status fill_and_freeze(const bpf_map* map, std::span<const std::uint8_t> value) {
  const int fd = bpf_map__fd(map);
  const __u32 key = 0;
  if (bpf_map_update_elem(fd, &key, value.data(), BPF_ANY) != 0) {
    return system_error(std::string("fill map ") + bpf_map__name(map), errno, kHint);
  }
  if (bpf_map_freeze(fd) != 0) {
    return system_error(std::string("freeze map ") + bpf_map__name(map), errno, kHint);
  }
  return Ok{};
}

}  // namespace

void SkeletonDeleter::operator()(sysctl_guard* skeleton) const noexcept {
  sysctl_guard__destroy(skeleton);
}

Result<Guard> Guard::load(const GuardInput& input) {
  SG_CHECK(input.table.size() >= sizeof(sg_table) + sizeof(__u32));
  capture_libbpf_log();
  Skeleton skeleton;
  const bpf_program* program = nullptr;
  for (const Attempt& attempt : kAttempts) {
    skeleton.reset(sysctl_guard__open());
    if (!skeleton) {
      return load_error("open the BPF object", errno);
    }
    if (const int err = set_sizes(*skeleton, input, attempt); err != 0) {
      return load_error("size the BPF maps", -err);
    }
    if (const int err = set_events(*skeleton, input, attempt); err != 0) {
      return load_error("set up the guard's events", -err);
    }
    program =
        attempt.bpf_loop ? skeleton->progs.sysctl_guard : skeleton->progs.sysctl_guard_bounded;
    const int err = sysctl_guard__load(skeleton.get());
    if (err == 0) {
      break;
    }
    if (!attempt.bpf_loop || err == -EPERM) {
      return load_error("load the guard", -err);
    }
    capture_libbpf_log();
  }
  Status filled = fill_and_freeze(skeleton->maps.sg_table, input.table);
  if (filled) {
    filled = fill_and_freeze(skeleton->maps.sg_meta, input.meta);
  }
  if (!filled) {
    return std::move(filled).error();
  }
  const int fd = bpf_program__fd(program);
  // Ties the map, which no program reads, to the program: it lives as long and is found from it.
  if (bpf_prog_bind_map(fd, bpf_map__fd(skeleton->maps.sg_meta), nullptr) != 0) {
    return load_error("bind the guard's metadata", errno);
  }
  return Guard(std::move(skeleton), fd);
}

}  // namespace sg::kernel
