// SPDX-License-Identifier: Apache-2.0
// guards.cpp - walks the cgroup2 mount, and reads maps by ID.
//
// Tested by test/kernel/guards_test.cpp.
#include "kernel/guards.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/file_io.h"
#include "base/text.h"
#include "host/cgroup_walk.h"
#include "kernel/container.h"

namespace sg::kernel {
namespace {

constexpr std::size_t kFdinfoMax = 4096;  // a dozen short lines
// How often the programs of a cgroup may change while they are looked at.
constexpr int kLooksMax = 100;
constexpr const char* kHint = "run it as root, with the host's cgroups";
constexpr const char* kGoneHint =
    "the container may have ended or got another guard; see sysctl-guard list";

Error gone(const char* what, int error) { return system_error(what, error, kGoneHint); }

// The programs that were looked at, by their IDs; null for one that is not ours. A program never
// changes, and its ID is given to no other one as long as it is attached somewhere.
using SeenPrograms = std::map<std::uint32_t, std::shared_ptr<const OurProgram>>;

// One look at the guards on one cgroup, added to `guards`. `is_changed`: a program went away
// meanwhile, and what took its place was not looked at.
Status look_at_cgroup(int dir_fd, const std::string& cgroup, const std::string& path,
                      SeenPrograms& seen, std::vector<AttachedGuard>& guards, bool& is_changed) {
  const Result<std::vector<std::uint32_t>> ids = sysctl_programs_on(dir_fd);
  if (!ids) {
    Error error = ids.error();
    if (error.code == Errc::kUnsupported) {
      error.hint = kHint;
    }
    return std::move(error).context("cgroup '" + escape(cgroup) + "'");
  }
  if (ids->empty()) {
    return Ok{};
  }
  const Result<std::uint64_t> cgroup_id = cgroup_id_of(dir_fd);
  if (!cgroup_id) {
    return Error(cgroup_id.error()).context("cgroup '" + escape(cgroup) + "'");
  }
  const std::size_t first = guards.size();
  std::uint32_t others = 0;
  for (const std::uint32_t id : *ids) {
    if (!seen.contains(id)) {
      const UniqueFd program(bpf_prog_get_fd_by_id(id));
      const int saved_errno = errno;
      if (!program.valid() && saved_errno == ENOENT) {
        is_changed = true;
        continue;
      }
      if (!program.valid()) {
        return system_error("look at program " + std::to_string(id), saved_errno, kHint);
      }
      std::optional<OurProgram> ours = read_our_program(program.get());
      seen[id] = ours ? std::make_shared<const OurProgram>(*std::move(ours)) : nullptr;
    }
    const std::shared_ptr<const OurProgram>& program = seen[id];
    if (program != nullptr) {
      guards.push_back({cgroup, path, *cgroup_id, program, read_container(*program, *cgroup_id)});
    } else {
      ++others;
    }
  }
  for (std::size_t i = first; i < guards.size(); ++i) {
    guards[i].others = others;
  }
  return Ok{};
}

// The guards on one cgroup, added to `guards`. One that is replaced meanwhile is looked for again,
// or its container would seem to have none.
Status add_guards(int dir_fd, const std::string& cgroup, const std::string& path,
                  SeenPrograms& seen, std::vector<AttachedGuard>& guards) {
  const auto before = static_cast<std::ptrdiff_t>(guards.size());
  for (int tries = 0;; ++tries) {
    bool is_changed = false;
    Status looked = look_at_cgroup(dir_fd, cgroup, path, seen, guards, is_changed);
    if (!looked || !is_changed || tries == kLooksMax) {
      return looked;
    }
    guards.erase(guards.begin() + before, guards.end());
  }
}

// The map of the guard, open.
Result<UniqueFd> open_map(const AttachedGuard& guard, const std::string& name) {
  const std::optional<ProgramMap> map = find_map(*guard.program, name);
  UniqueFd fd(map ? bpf_map_get_fd_by_id(map->id) : -1);
  if (!fd.valid()) {
    return gone(("map " + name).c_str(), map ? errno : ENOENT);
  }
  return fd;
}

// The bytes a program or map takes, by the line "memlock:" of its fdinfo.
Result<std::uint64_t> memory_of(const UniqueFd& fd) {
  const Result<std::string> text =
      read_file(AT_FDCWD, "/proc/self/fdinfo/" + std::to_string(fd.get()), kFdinfoMax);
  if (!text) {
    return text.error();
  }
  constexpr std::string_view kWord = "memlock:\t";
  for (const std::string_view line : split(*text, '\n')) {
    if (line.starts_with(kWord)) {
      return parse_decimal(line.substr(kWord.size())).value_or(0);
    }
  }
  return std::uint64_t{0};
}

// All guards of the host share the ring buffer and the state beside it, and those of shared programs
// the map that says which container is where.
bool is_of_the_host(const ProgramMap& map) {
  return map.type == BPF_MAP_TYPE_RINGBUF || map.type == BPF_MAP_TYPE_CGROUP_STORAGE ||
         map.name.starts_with("sg_event");
}

Result<std::uint64_t> program_memory(const AttachedGuard& guard) {
  const UniqueFd program(bpf_prog_get_fd_by_id(guard.program->id));
  if (!program.valid()) {
    return gone("the guard's program", errno);
  }
  Result<std::uint64_t> total = memory_of(program);
  for (const ProgramMap& map : guard.program->maps) {
    if (!total || is_of_the_host(map)) {
      continue;
    }
    const UniqueFd fd(bpf_map_get_fd_by_id(map.id));
    if (!fd.valid()) {
      return gone("a map of the guard", errno);
    }
    const Result<std::uint64_t> bytes = memory_of(fd);
    if (!bytes) {
      return bytes.error();
    }
    *total += *bytes;
  }
  return total;
}

// The value of `key` in a map of counters, `slots` entries for each of the processors, added to
// `counts`.
Status add_counts(int map_fd, const void* key, std::size_t slots, std::size_t processors,
                  std::span<RuleCounts> counts) {
  std::vector<std::uint64_t> values(slots * SG_VERDICTS * processors);
  if (bpf_map_lookup_elem(map_fd, key, values.data()) != 0) {
    return gone("counters of the guard", errno);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    counts[i / SG_VERDICTS % slots][i % SG_VERDICTS] += values[i];
  }
  return Ok{};
}

}  // namespace

Result<std::vector<AttachedGuard>> list_guards() {
  Result<host::CgroupWalk> walk = host::CgroupWalk::start();
  if (!walk) {
    return std::move(walk).error();
  }
  SeenPrograms seen;
  std::vector<AttachedGuard> guards;
  for (;;) {
    const Result<std::optional<host::WalkedCgroup>> at = walk->next();
    if (!at) {
      return at.error();
    }
    if (!*at) {
      break;
    }
    if (Status added = add_guards((*at)->dir_fd, (*at)->cgroup, (*at)->path, seen, guards);
        !added) {
      return std::move(added).error();
    }
  }
  std::ranges::sort(guards, {}, [](const AttachedGuard& guard) {
    return std::pair(guard.cgroup, guard.program->id);
  });
  return guards;
}

Result<std::vector<RuleCounts>> read_counters(const AttachedGuard& guard) {
  constexpr std::size_t kSlotBytes = sizeof(RuleCounts);
  const std::optional<ProgramMap> shared = find_map(*guard.program, "sg_counts");
  const std::optional<ProgramMap> map = shared ? shared : find_map(*guard.program, "sg_counters");
  const Result<UniqueFd> fd = open_map(guard, shared ? "sg_counts" : "sg_counters");
  const Result<std::uint32_t> processors = possible_processors();
  if (!fd || !processors) {
    return fd ? processors.error() : fd.error();
  }
  if (map->value_size % kSlotBytes != 0 || map->value_size == 0 ||
      (!shared && map->value_size != kSlotBytes)) {
    return gone("counters of the guard", EINVAL);
  }
  if (shared) {
    std::vector<RuleCounts> counts(map->value_size / kSlotBytes);
    const bpf_cgroup_storage_key key = storage_key(guard.cgroup_id);
    Status added = add_counts(fd->get(), &key, counts.size(), *processors, counts);
    return added ? Result<std::vector<RuleCounts>>(std::move(counts)) : std::move(added).error();
  }
  std::vector<RuleCounts> counts(map->max_entries);
  for (__u32 slot = 0; slot < map->max_entries; ++slot) {
    Status added = add_counts(fd->get(), &slot, 1, *processors, std::span(counts).subspan(slot, 1));
    if (!added) {
      return std::move(added).error();
    }
  }
  return counts;
}

Result<GuardDetails> read_details(const AttachedGuard& guard) {
  const std::optional<ProgramMap> map = find_map(*guard.program, "sg_table");
  const Result<UniqueFd> fd = open_map(guard, "sg_table");
  const Result<std::uint32_t> processors = possible_processors();
  if (!fd || !processors) {
    return fd ? processors.error() : fd.error();
  }
  GuardDetails details;
  details.table.resize(map->value_size);
  const __u32 key = 0;
  if (bpf_map_lookup_elem(fd->get(), &key, details.table.data()) != 0) {
    return gone("table of the guard", errno);
  }
  const Result<std::uint64_t> memory = program_memory(guard);
  if (!memory) {
    return memory.error();
  }
  details.program_memory = *memory;
  if (const std::optional<ProgramMap> counts = find_map(*guard.program, "sg_counts")) {
    details.own_memory = std::uint64_t{counts->value_size} * *processors + sizeof(sg_container);
  }
  return details;
}

Result<UniqueFd> open_guarded_cgroup(const AttachedGuard& guard) {
  UniqueFd dir(::open(guard.cgroup_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int saved_errno = errno;
  struct stat found {};
  if (!dir.valid()) {
    return gone("the guard's cgroup", saved_errno);
  }
  if (::fstat(dir.get(), &found) != 0 || found.st_ino != guard.cgroup_id) {
    return gone("the guard's cgroup", ENOENT);
  }
  return dir;
}

}  // namespace sg::kernel
