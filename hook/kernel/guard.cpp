// SPDX-License-Identifier: Apache-2.0
// guard.cpp - open the object, size it to the policy, load it, fill and freeze its maps; or look
// whether a loaded program is such a one.
//
// The program with bpf_loop is tried first, since it is verified in a tenth of the time; a kernel
// before 5.17 refuses it and gets the one with plain loops. Before 6.1 no helper says which task it
// is, so that one's events do without. Each attempt owns its skeleton, so one that fails leaves
// nothing in the kernel.
//
// A program is shared where it is the one with bpf_loop and the counters of its rules fit the
// storage of a cgroup.
//
// Tested by test/kernel/shared_guard_test.cpp.
#include "kernel/guard.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "event_abi.h"
#include "kernel/guard_skel.h"
#include "kernel/libbpf_log.h"
#include "kernel/our_program.h"
#include "meta_abi.h"
#include "table_abi.h"

namespace sg::kernel {
namespace {

struct SkeletonDeleter {
  void operator()(sysctl_guard* skeleton) const noexcept { sysctl_guard__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<sysctl_guard, SkeletonDeleter>;

// What a kernel may lack.
struct Attempt {
  bool bpf_loop = false;  // 5.17
  bool retval = false;    // 5.18: a refusal has an error of our choice
  bool task = false;      // 6.1: which task it is
};
constexpr std::array<Attempt, 4> kAttempts = {
    {{true, true, true}, {true, true, false}, {true, false, false}, {false, false, false}}};

// The counters of one rule.
constexpr std::uint32_t kSlotBytes = SG_VERDICTS * sizeof(__u64);
// As the kernel cuts the name of the map with the object's constants.
constexpr const char* kConstants = "sysctl_g.rodata";
// The kernel takes no larger value of a storage for each processor (PCPU_MIN_UNIT_SIZE).
constexpr std::uint32_t kStorageMax = 32U << 10;

constexpr const char* kHint =
    "the guard needs Linux 5.10 or newer with CONFIG_CGROUP_BPF, and CAP_BPF with CAP_NET_ADMIN; "
    "before 5.11 also CAP_SYS_RESOURCE or an unlimited RLIMIT_MEMLOCK";

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

// How one program is loaded.
struct Plan {
  Attempt attempt;
  bool is_shared = false;
  std::uint32_t slots = 0;            // of the counters
  std::span<const std::uint8_t> own;  // the container, for a program of its own
  std::vector<std::uint8_t> meta;
};

// The metadata, with the input between its head and the rest where others may look for it.
std::vector<std::uint8_t> meta_of(const GuardInput& input, bool is_shared, __u32 processors) {
  std::vector<std::uint8_t> bytes(input.meta.begin(), input.meta.end());
  const auto length = static_cast<__u32>(is_shared ? input.input.size() : 0);
  std::memcpy(bytes.data() + offsetof(sg_meta, input_len), &length, sizeof length);
  std::memcpy(bytes.data() + offsetof(sg_meta, processors), &processors, sizeof processors);
  if (!is_shared) {
    return bytes;
  }
  bytes.insert(bytes.begin() + sizeof(sg_meta), input.input.begin(), input.input.end());
  return bytes;
}

// Before load: the sizes of maps and the constants the verifier sees.
int set_sizes(sysctl_guard& skeleton, const GuardInput& input, const Plan& plan) {
  bpf_program__set_autoload(skeleton.progs.sysctl_guard, plan.attempt.bpf_loop);
  bpf_program__set_autoload(skeleton.progs.sysctl_guard_bounded, !plan.attempt.bpf_loop);
  skeleton.rodata->cell_mask =
      static_cast<__u32>((input.table.size() - sizeof(sg_table)) / sizeof(__u32) - 1);
  sg_table head;
  std::memcpy(&head, input.table.data(), sizeof head);
  skeleton.rodata->has_conditions = head.relation_class[0] != 0 ? 1 : 0;
  skeleton.rodata->count_slots = plan.slots;
  skeleton.rodata->shared = plan.is_shared ? 1 : 0;
  skeleton.rodata->refusal = plan.attempt.retval && input.refusal != EPERM ? -input.refusal : 0;
  for (const int err :
       {bpf_map__set_value_size(skeleton.maps.sg_table, static_cast<__u32>(input.table.size())),
        bpf_map__set_value_size(skeleton.maps.sg_meta, static_cast<__u32>(plan.meta.size())),
        bpf_map__set_max_entries(skeleton.maps.sg_counters, plan.slots),
        bpf_map__set_value_size(skeleton.maps.sg_counts, plan.slots * kSlotBytes),
        bpf_map__set_autocreate(skeleton.maps.sg_counters, !plan.is_shared),
        bpf_map__set_autocreate(skeleton.maps.sg_container, !plan.is_shared),
        bpf_map__set_autocreate(skeleton.maps.sg_counts, plan.is_shared),
        bpf_map__set_autocreate(skeleton.maps.sg_containers, plan.is_shared),
        // Not to be mapped into memory, as libbpf would have it: that would take two pages for a
        // hundred bytes.
        bpf_map__set_map_flags(skeleton.maps.rodata, BPF_F_RDONLY_PROG)}) {
    if (err != 0) {
      return err;
    }
  }
  return plan.is_shared && input.containers_map >= 0
             ? bpf_map__reuse_fd(skeleton.maps.sg_containers, input.containers_map)
             : 0;
}

// Before load: what the guard writes events for, and the pinned maps in place of its own. Without
// them the verifier drops what would use them.
int set_events(sysctl_guard& skeleton, const GuardInput& input, const Attempt& attempt) {
  const bool writes_events = input.event_maps != nullptr && input.events != SG_EVENTS_OFF;
  skeleton.rodata->events = writes_events ? input.events : SG_EVENTS_OFF;
  skeleton.rodata->has_task = attempt.task ? 1 : 0;
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

// All maps that are filled once, and then frozen.
Status fill_maps(const sysctl_guard& skeleton, const GuardInput& input, const Plan& plan) {
  Status filled = fill_and_freeze(skeleton.maps.sg_table, input.table);
  if (filled) {
    filled = fill_and_freeze(skeleton.maps.sg_meta, plan.meta);
  }
  if (filled && !plan.is_shared) {
    filled = fill_and_freeze(skeleton.maps.sg_container, plan.own);
  }
  return filled;
}

// The skeleton of a program that is loaded. Errors: as load().
Result<Skeleton> load_skeleton(const GuardInput& input, const Plan& plan, int& load_err) {
  Skeleton skeleton(sysctl_guard__open());
  if (!skeleton) {
    return load_error("open the BPF object", errno);
  }
  if (const int err = set_sizes(*skeleton, input, plan); err != 0) {
    return load_error("size the BPF maps", -err);
  }
  if (const int err = set_events(*skeleton, input, plan.attempt); err != 0) {
    return load_error("set up the guard's events", -err);
  }
  load_err = sysctl_guard__load(skeleton.get());
  if (load_err != 0) {
    return load_error("load the guard", -load_err);
  }
  return skeleton;
}

struct LoadedProgram {
  int fd = -1;  // the skeleton's
  std::uint32_t id = 0;
};

// The program, with the maps tied to it that it does not read: they live as long and are found from
// it. The one of the container is read for events alone. Errors: as load().
Result<LoadedProgram> bind_maps(const sysctl_guard& skeleton, const Plan& plan) {
  const int fd = bpf_program__fd(plan.attempt.bpf_loop ? skeleton.progs.sysctl_guard
                                                       : skeleton.progs.sysctl_guard_bounded);
  for (const bpf_map* const map :
       {skeleton.maps.sg_meta,
        plan.is_shared ? skeleton.maps.sg_containers : skeleton.maps.sg_container}) {
    if (bpf_prog_bind_map(fd, bpf_map__fd(map), nullptr) != 0) {
      return load_error("bind the guard's metadata", errno);
    }
  }
  bpf_prog_info info{};
  __u32 info_size = sizeof info;
  if (bpf_obj_get_info_by_fd(fd, &info, &info_size) != 0) {
    return system_error("look at the guard", errno, kHint);
  }
  return LoadedProgram{fd, info.id};
}

Error not_ours(const std::string& why) {
  return Error{Errc::kUnsupported, "the pinned program is no guard: " + why,
               "remove the pin: the next container's hook makes a new one"};
}

// The map of that name among the open ones; -1 where there is none of this type.
int fd_of(const OpenProgram& open, const char* name, bpf_map_type type) {
  const auto found = std::ranges::find(open.program.maps, name, &ProgramMap::name);
  return found == open.program.maps.end() || found->type != static_cast<__u32>(type)
             ? -1
             : open.maps[static_cast<std::size_t>(found - open.program.maps.begin())].get();
}

// Whether the constants that the program was verified with are those for its maps and its metadata.
bool has_our_constants(const OpenProgram& open, const sg_meta& head) {
  std::remove_pointer_t<decltype(sysctl_guard::rodata)> found{};
  const std::optional<ProgramMap> constants = find_map(open.program, kConstants);
  const int fd = fd_of(open, kConstants, BPF_MAP_TYPE_ARRAY);
  const __u32 key = 0;
  return fd >= 0 && constants->value_size == sizeof found &&
         bpf_map_lookup_elem(fd, &key, &found) == 0 && found.shared == 1 &&
         found.events == head.events &&
         find_map(open.program, "sg_counts")->value_size == found.count_slots * kSlotBytes &&
         find_map(open.program, "sg_table")->value_size ==
             sizeof(sg_table) + (std::size_t{found.cell_mask} + 1) * sizeof(__u32);
}

}  // namespace

std::uint32_t count_slots(std::uint32_t rule_count, std::uint32_t processors) {
  const std::uint32_t most = kCounterBytesMax / kSlotBytes / std::max(processors, 1U);
  return std::max(std::min(rule_count + 1, most), 1U);
}

Result<Guard> Guard::load(const GuardInput& input) {
  SG_CHECK(input.table.size() >= sizeof(sg_table) + sizeof(__u32));
  SG_CHECK(input.meta.size() >= sizeof(sg_meta));
  const Result<sg_container> own = encode_container(input.container);
  if (!own) {
    return own.error();
  }
  const Result<std::uint32_t> processors = possible_processors();
  if (!processors) {
    return processors.error();
  }
  Plan plan;
  plan.slots = count_slots(input.rule_count, *processors);
  plan.own = std::span(reinterpret_cast<const std::uint8_t*>(&*own), sizeof *own);
  for (const Attempt& attempt : kAttempts) {
    plan.attempt = attempt;
    plan.is_shared =
        attempt.bpf_loop && input.may_share && (input.rule_count + 1) * kSlotBytes <= kStorageMax;
    plan.meta = meta_of(input, plan.is_shared, *processors);
    capture_libbpf_log();
    int load_err = 0;
    const Result<Skeleton> loaded = load_skeleton(input, plan, load_err);
    if (!loaded) {
      if (load_err == 0 || load_err == -EPERM || !attempt.bpf_loop) {
        return loaded.error();
      }
      continue;
    }
    const sysctl_guard& skeleton = **loaded;
    if (Status filled = fill_maps(skeleton, input, plan); !filled) {
      return std::move(filled).error();
    }
    const Result<LoadedProgram> program = bind_maps(skeleton, plan);
    if (!program) {
      return program.error();
    }
    Guard guard;
    guard.program_ = duplicate(program->fd);
    guard.program_id_ = program->id;
    if (plan.is_shared) {
      guard.counts_ = duplicate(bpf_map__fd(skeleton.maps.sg_counts));
      guard.containers_ = duplicate(bpf_map__fd(skeleton.maps.sg_containers));
      guard.counts_size_ = plan.slots * kSlotBytes;
      guard.processors_ = *processors;
    }
    if (!guard.program_.valid() || guard.containers_.valid() != plan.is_shared ||
        guard.counts_.valid() != plan.is_shared) {
      return system_error("keep the guard's descriptors", errno, kHint);
    }
    return guard;
  }
  return load_error("load the guard", EINVAL);  // not reached: the last attempt says why
}

Result<Guard> Guard::adopt(UniqueFd program) {
  std::optional<OpenProgram> open = open_our_program(program.get());
  sg_meta head;
  if (!open || open->program.layout != SG_META_VERSION || open->program.meta.size() < sizeof head) {
    return not_ours("it has no metadata of this version");
  }
  std::memcpy(&head, open->program.meta.data(), sizeof head);
  const int counts = fd_of(*open, "sg_counts", BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE);
  const int containers = fd_of(*open, "sg_containers", BPF_MAP_TYPE_CGROUP_STORAGE);
  if (counts < 0 || containers < 0 || fd_of(*open, "sg_table", BPF_MAP_TYPE_ARRAY) < 0 ||
      find_map(open->program, "sg_containers")->value_size != sizeof(sg_container) ||
      (head.events != SG_EVENTS_OFF) != (fd_of(*open, "sg_events", BPF_MAP_TYPE_RINGBUF) >= 0)) {
    return not_ours("it has other maps");
  }
  // The bound of load() holds for both: the counters are written from a buffer of this size.
  const std::uint64_t counters =
      std::uint64_t{find_map(open->program, "sg_counts")->value_size} * head.processors;
  if (!has_our_constants(*open, head) || head.processors == 0 ||
      (counters > kCounterBytesMax &&
       find_map(open->program, "sg_counts")->value_size > kSlotBytes)) {
    return not_ours("its constants do not fit its maps");
  }
  Guard guard;
  guard.program_ = std::move(program);
  guard.program_id_ = open->program.id;
  guard.counts_size_ = find_map(open->program, "sg_counts")->value_size;
  guard.processors_ = head.processors;
  for (UniqueFd& map : open->maps) {
    if (map.get() == counts) {
      guard.counts_ = std::move(map);
    } else if (map.get() == containers) {
      guard.containers_ = std::move(map);
    }
  }
  guard.meta_ = std::move(open->program.meta);
  return guard;
}

std::optional<Container> Guard::container_on(std::uint64_t cgroup_id) const {
  const bpf_cgroup_storage_key key = storage_key(cgroup_id);
  return is_shared() ? container_in(containers_.get(), &key) : std::nullopt;
}

Status Guard::write_container(std::uint64_t cgroup_id, const Container& container) const {
  const Result<sg_container> bytes = encode_container(container);
  if (!bytes) {
    return bytes.error();
  }
  const bpf_cgroup_storage_key key = storage_key(cgroup_id);
  if (is_shared() && bpf_map_update_elem(containers_.get(), &key, &*bytes, BPF_ANY) != 0) {
    return system_error("write the container's ID into its guard", errno, kHint);
  }
  return Ok{};
}

Status Guard::fill(std::uint64_t cgroup_id, const Container& container, bool is_fresh) const {
  Status written = write_container(cgroup_id, container);
  if (!written || !is_shared() || is_fresh) {
    return written;
  }
  const bpf_cgroup_storage_key key = storage_key(cgroup_id);
  const std::vector<std::uint8_t> zeros(std::size_t{counts_size_} * processors_);
  if (bpf_map_update_elem(counts_.get(), &key, zeros.data(), BPF_ANY) != 0) {
    return system_error("set the guard's counters to zero", errno, kHint);
  }
  return Ok{};
}

}  // namespace sg::kernel
