// SPDX-License-Identifier: Apache-2.0
// guard.cpp - size the image to the policy, load it, fill and freeze its maps; or look whether a
// loaded program is such a one.
//
// The program with bpf_loop is tried first, since it is verified in a tenth of the time; a kernel
// before 5.17 refuses it and gets the one with plain loops. Before 6.1 no helper says which task it
// is, so that one's events do without. An attempt that fails leaves nothing in the kernel.
//
// A program is shared where it is the one with bpf_loop and the counters of its rules fit the
// storage of a cgroup.
//
// Tested by test/kernel/shared_guard_test.cpp.
#include "kernel/guard.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "event_abi.h"
#include "kernel/guard_skel.h"
#include "kernel/load_image.h"
#include "kernel/our_program.h"
#include "meta_abi.h"
#include "table_abi.h"

namespace sg::kernel {
namespace {

// The guard's constants, by their names in its source.
using Constants = std::remove_pointer_t<decltype(sysctl_guard::rodata)>;
static_assert(sizeof(Constants) == kImageConstants.size());

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

// What load_image() or the kernel said, with what to do about it.
Error load_error(Error error, int code) {
  error.hint = kHint;
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

// Whether some label of the table depends on what the sysctl holds.
bool has_conditions(std::span<const std::uint8_t> table) {
  sg_table head;
  std::memcpy(&head, table.data(), sizeof head);
  return head.relation_class[0] != 0;
}

// The one that is loaded.
const Image& image_for(const GuardInput& input, const Attempt& attempt) {
  if (!attempt.bpf_loop) {
    return kGuardBounded;
  }
  return has_conditions(input.table) ? kGuardCurrent : kGuard;
}

// What the verifier sees as constants. Without events it drops what would use their maps.
Constants constants_for(const GuardInput& input, const Plan& plan) {
  Constants constants;
  std::memcpy(&constants, kImageConstants.data(), sizeof constants);
  constants.cell_mask =
      static_cast<__u32>((input.table.size() - sizeof(sg_table)) / sizeof(__u32) - 1);
  constants.has_conditions = has_conditions(input.table) ? 1 : 0;
  constants.count_slots = plan.slots;
  constants.shared = plan.is_shared ? 1 : 0;
  constants.refusal = plan.attempt.retval && input.refusal != EPERM ? -input.refusal : 0;
  constants.events = input.event_maps != nullptr ? input.events : SG_EVENTS_OFF;
  constants.has_task = plan.attempt.task ? 1 : 0;
  return constants;
}

// The maps of its own that it gets, as large as the policy needs, and those of the host.
MapPlans maps_for(const GuardInput& input, const Plan& plan) {
  MapPlans plans;
  plans[map_place("sg_table")].value_size = static_cast<__u32>(input.table.size());
  plans[map_place("sg_meta")].value_size = static_cast<__u32>(plan.meta.size());
  plans[map_place("sg_counters")] = {.is_there = !plan.is_shared, .max_entries = plan.slots};
  plans[map_place("sg_container")].is_there = !plan.is_shared;
  plans[map_place("sg_counts")] = {.is_there = plan.is_shared,
                                   .value_size = plan.slots * kSlotBytes};
  plans[map_place("sg_containers")] = {.is_there = plan.is_shared, .given = input.containers_map};
  const bool writes_events = input.event_maps != nullptr && input.events != SG_EVENTS_OFF;
  plans[map_place("sg_events")] = {.is_there = writes_events};
  plans[map_place("sg_event_state")] = {.is_there = writes_events};
  if (writes_events) {
    plans[map_place("sg_events")].given = input.event_maps->ring.get();
    plans[map_place("sg_event_state")].given = input.event_maps->state.get();
  }
  return plans;
}

// Writes the one entry of a map, after which nobody can: neither programs nor CAP_SYS_ADMIN by ID.
Status fill_and_freeze(const LoadedImage& loaded, std::size_t place,
                       std::span<const std::uint8_t> value) {
  const __u32 key = 0;
  if (bpf_map_update_elem(loaded.maps[place], &key, value.data(), BPF_ANY) != 0) {
    return system_error(std::string("fill map ") + kImageMaps[place].name, errno, kHint);
  }
  if (bpf_map_freeze(loaded.maps[place]) != 0) {
    return system_error(std::string("freeze map ") + kImageMaps[place].name, errno, kHint);
  }
  return Ok{};
}

// All maps that are filled once, and then frozen.
Status fill_maps(const LoadedImage& loaded, const GuardInput& input, const Plan& plan) {
  Status filled = fill_and_freeze(loaded, map_place("sg_table"), input.table);
  if (filled) {
    filled = fill_and_freeze(loaded, map_place("sg_meta"), plan.meta);
  }
  if (filled && !plan.is_shared) {
    filled = fill_and_freeze(loaded, map_place("sg_container"), plan.own);
  }
  return filled;
}

// Ties the maps to the program that it does not read: they live as long and are found from it. The
// one of the container is read for events alone. Comes out: the program's ID. Errors: as load().
Result<std::uint32_t> bind_maps(const LoadedImage& loaded, const Plan& plan) {
  for (const std::size_t place :
       {map_place("sg_meta"),
        plan.is_shared ? map_place("sg_containers") : map_place("sg_container")}) {
    if (bpf_prog_bind_map(loaded.program.get(), loaded.maps[place], nullptr) != 0) {
      const int code = errno;
      return load_error(system_error("bind the guard's metadata", code, ""), code);
    }
  }
  bpf_prog_info info{};
  __u32 info_size = sizeof info;
  if (bpf_obj_get_info_by_fd(loaded.program.get(), &info, &info_size) != 0) {
    return system_error("look at the guard", errno, kHint);
  }
  return info.id;
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
  Constants found{};
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
    const Constants constants = constants_for(input, plan);
    int code = 0;
    Result<LoadedImage> loaded = load_image(
        image_for(input, attempt), maps_for(input, plan),
        std::span(reinterpret_cast<const std::uint8_t*>(&constants), sizeof constants), code);
    if (!loaded) {
      if (code == EPERM || !attempt.bpf_loop) {
        return load_error(std::move(loaded).error(), code);
      }
      continue;
    }
    if (Status filled = fill_maps(*loaded, input, plan); !filled) {
      return std::move(filled).error();
    }
    const Result<std::uint32_t> id = bind_maps(*loaded, plan);
    if (!id) {
      return id.error();
    }
    Guard guard;
    guard.program_ = std::move(loaded->program);
    guard.program_id_ = *id;
    guard.bytes_ = input.table.size() + plan.meta.size();
    if (plan.is_shared) {
      const std::size_t containers = map_place("sg_containers");
      guard.counts_ = std::move(loaded->made[map_place("sg_counts")]);
      guard.containers_ = loaded->made[containers].valid() ? std::move(loaded->made[containers])
                                                           : duplicate(loaded->maps[containers]);
      guard.counts_size_ = plan.slots * kSlotBytes;
      guard.processors_ = *processors;
    }
    if (guard.containers_.valid() != plan.is_shared) {
      return system_error("keep the guard's descriptors", errno, kHint);
    }
    return guard;
  }
  return load_error(system_error("load the guard", EINVAL, ""), EINVAL);  // not reached
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
  guard.bytes_ = find_map(open->program, "sg_table")->value_size + open->program.meta.size();
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
