// SPDX-License-Identifier: Apache-2.0
// attachment.cpp - attach, or replace the guard that is there; then say which container it is for.
//
// Tested by test/kernel/guard_life_test.cpp.
#include "kernel/attachment.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/unique_fd.h"
#include "kernel/blocking_program.h"
#include "kernel/container.h"
#include "kernel/our_program.h"

namespace sg::kernel {
namespace {

// How often others may be faster to replace a guard.
constexpr int kReplacesMax = 100;

constexpr const char* kHint =
    "the hook needs CAP_BPF and CAP_NET_ADMIN in the host's user namespace (rootless engines have "
    "neither)";
// The programs of the cgroup were read before, which takes the same capability.
constexpr const char* kRefusedHint =
    "a cgroup above those that are mounted here may have a program that lets in no other one, or a "
    "security module be in the way; and it takes CAP_BPF with CAP_NET_ADMIN on the host";

// What one look at the programs of a cgroup found.
struct Look {
  UniqueFd ours;            // our program; invalid where there is none
  bool is_changed = false;  // one went away meanwhile: what took its place was not looked at
};

// `known`: a guard that may be attached there; null for none.
Result<Look> look_for_guard(int cgroup_fd, std::uint64_t cgroup_id, const Guard* known,
                            const std::string& container_id) {
  const Result<std::vector<std::uint32_t>> ids = sysctl_programs_on(cgroup_fd);
  if (!ids) {
    return ids.error();
  }
  Look look;
  for (const std::uint32_t program_id : *ids) {
    UniqueFd program(bpf_prog_get_fd_by_id(program_id));
    if (!program.valid()) {
      const int saved_errno = errno;
      if (saved_errno == ENOENT) {
        look.is_changed = true;
        continue;
      }
      return system_error("look at a program on the cgroup", saved_errno, kHint);
    }
    std::optional<Container> container;
    if (known != nullptr && known->is_shared() && program_id == known->program_id()) {
      container = known->container_on(cgroup_id);
    } else if (const std::optional<OurProgram> ours = read_our_program(program.get())) {
      container = read_container(*ours, cgroup_id);
    } else {
      continue;
    }
    if (!container) {
      return Error{Errc::kUnsupported, "the cgroup has a guard of another version of sysctl-guard",
                   "use that version, or make the container again"};
    }
    // An ID that nobody wrote: of a hook that was killed, for this container, as the cgroup is its.
    if (!container->id.empty() && container->id != container_id) {
      return Error{Errc::kUnsupported, "the cgroup has a guard of another container already",
                   "give each container a cgroup of its own"};
    }
    look.ours = std::move(program);
  }
  return look;
}

// Our program on this cgroup, as an open descriptor; an invalid one where there is none. A guard
// that is replaced between two steps of a look would be missed, and a second one put beside it:
// then it is looked for again.
Result<UniqueFd> find_guard(int cgroup_fd, std::uint64_t cgroup_id, const Guard* known,
                            const std::string& container_id) {
  for (int tries = 0;; ++tries) {
    Result<Look> look = look_for_guard(cgroup_fd, cgroup_id, known, container_id);
    if (!look) {
      return std::move(look).error();
    }
    if (!look->is_changed) {
      return std::move(look->ours);
    }
    if (tries == kReplacesMax) {
      return Error{Errc::kSystem, "the programs on the cgroup change all the time", "try again"};
    }
  }
}

// Why the kernel let no guard in, where it says EPERM: seldom for want of a capability.
Error attach_error(int cgroup_fd, int saved_errno) {
  if (saved_errno != EPERM) {
    return system_error("attach the guard", saved_errno, kHint);
  }
  const std::optional<BlockingProgram> blocking = find_blocking_program(cgroup_fd);
  if (!blocking) {
    return system_error("attach the guard", saved_errno, kRefusedHint);
  }
  return Error{Errc::kUnsupported, "attach the guard: " + describe(*blocking),
               remedy_of(*blocking)};
}

// Attaches the program, in place of `replaced`; -1: beside what is there.
bool attach(int cgroup_fd, int program_fd, int replaced) {
  struct bpf_prog_attach_opts options {};  // a function has the same name
  options.sz = sizeof options;
  options.flags = BPF_F_ALLOW_MULTI;
  if (replaced >= 0) {
    options.flags |= BPF_F_REPLACE;
    options.replace_prog_fd = replaced;
  }
  return bpf_prog_attach_opts(program_fd, cgroup_fd, BPF_CGROUP_SYSCTL, &options) == 0;
}

// What the guard found when it was attached.
struct Before {
  UniqueFd guard;         // that it replaced; invalid: none
  bool is_fresh = false;  // nothing was there: the kernel made its storage
};

// Errors: those of attach_guard().
Result<Before> attach_or_replace(int cgroup_fd, std::uint64_t cgroup_id, const Guard& guard,
                                 const Container& container, Attach how) {
  bool had_guard = how == Attach::kOnlyReplace;
  bool was_there = false;
  for (int tries = 0;; ++tries) {
    Result<UniqueFd> found = find_guard(cgroup_fd, cgroup_id, &guard, container.id);
    if (!found) {
      return std::move(found).error();
    }
    if (had_guard && !found->valid()) {
      return Error{Errc::kSystem, "the guard was detached meanwhile", "say again what you want"};
    }
    had_guard = found->valid();
    // A guard that was detached has left its container's ID: from now on it is this one's.
    const bool has_storage = !had_guard && guard.container_on(cgroup_id).has_value();
    if (has_storage) {
      if (Status written = guard.write_container(cgroup_id, container); !written) {
        return std::move(written).error();
      }
    }
    if (attach(cgroup_fd, guard.program_fd(), found->get())) {
      return Before{*std::move(found), !had_guard && !has_storage};
    }
    const int saved_errno = errno;
    // Somebody else was faster: to replace the guard (ENOENT), or to attach this very program
    // (EINVAL). Said twice, EINVAL has another reason.
    const bool is_there = !had_guard && saved_errno == EINVAL && !was_there;
    if (!is_there && !(had_guard && saved_errno == ENOENT && tries < kReplacesMax)) {
      return attach_error(cgroup_fd, saved_errno);
    }
    was_there = is_there;
  }
}

}  // namespace

UniqueFd containers_map_on(int cgroup_fd) {
  const Result<std::vector<std::uint32_t>> ids = sysctl_programs_on(cgroup_fd);
  for (const std::uint32_t id : ids ? *ids : std::vector<std::uint32_t>()) {
    const UniqueFd program(bpf_prog_get_fd_by_id(id));
    const std::optional<OurProgram> ours = read_our_program(program.get());
    const std::optional<ProgramMap> map = ours ? find_map(*ours, "sg_containers") : std::nullopt;
    if (map && map->type == BPF_MAP_TYPE_CGROUP_STORAGE) {
      return UniqueFd(bpf_map_get_fd_by_id(map->id));
    }
  }
  return UniqueFd();
}

Status attach_guard(int cgroup_fd, const Guard& guard, const Container& container, Attach how) {
  const Result<std::uint64_t> cgroup_id = cgroup_id_of(cgroup_fd);
  if (!cgroup_id) {
    return cgroup_id.error();
  }
  if (const Result<sg_container> fits = encode_container(container); !fits) {
    return fits.error();
  }
  const Result<Before> before = attach_or_replace(cgroup_fd, *cgroup_id, guard, container, how);
  if (!before) {
    return before.error();
  }
  Status filled = guard.fill(*cgroup_id, container, before->is_fresh);
  if (!filled) {
    if (before->guard.valid()) {
      (void)attach(cgroup_fd, before->guard.get(), guard.program_fd());
    } else {
      (void)bpf_prog_detach2(guard.program_fd(), cgroup_fd, BPF_CGROUP_SYSCTL);
    }
  }
  return filled;
}

Status detach_guard(int cgroup_fd, const std::string& container_id) {
  const Result<std::uint64_t> cgroup_id = cgroup_id_of(cgroup_fd);
  if (!cgroup_id) {
    return cgroup_id.error();
  }
  const Result<UniqueFd> guard = find_guard(cgroup_fd, *cgroup_id, /*known=*/nullptr, container_id);
  if (!guard) {
    return guard.error();
  }
  if (!guard->valid()) {
    return Error{Errc::kUnsupported, "the cgroup has no guard of this container",
                 "it is detached already; `sysctl-guard list` shows which containers have one"};
  }
  if (bpf_prog_detach2(guard->get(), cgroup_fd, BPF_CGROUP_SYSCTL) != 0) {
    return system_error("detach the guard", errno, kHint);
  }
  return Ok{};
}

}  // namespace sg::kernel
