// SPDX-License-Identifier: Apache-2.0
// attachment.cpp - attach, or replace the guard that is there.
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
#include "kernel/our_program.h"

namespace sg::kernel {
namespace {

// How often others may be faster to replace a guard. Each of them loads one before, which takes ten
// times as long.
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

Result<Look> look_for_guard(int cgroup_fd, const std::string& container_id) {
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
    const std::optional<OurProgram> ours = read_our_program(program.get());
    if (!ours) {
      continue;
    }
    const std::optional<std::string> id = container_of(*ours);
    if (!id) {
      return Error{Errc::kUnsupported, "the cgroup has a guard of another version of sysctl-guard",
                   "use that version, or make the container again"};
    }
    if (*id != container_id) {
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
Result<UniqueFd> find_guard(int cgroup_fd, const std::string& container_id) {
  for (int tries = 0;; ++tries) {
    Result<Look> look = look_for_guard(cgroup_fd, container_id);
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

}  // namespace

Status attach_guard(int cgroup_fd, int program_fd, const std::string& container_id, Attach how) {
  bool had_guard = how == Attach::kOnlyReplace;
  for (int tries = 0;; ++tries) {
    const Result<UniqueFd> old = find_guard(cgroup_fd, container_id);
    if (!old) {
      return old.error();
    }
    if (had_guard && !old->valid()) {
      return Error{Errc::kSystem, "the guard was detached meanwhile", "say again what you want"};
    }
    had_guard = old->valid();
    struct bpf_prog_attach_opts options {};  // a function has the same name
    options.sz = sizeof options;
    options.flags = BPF_F_ALLOW_MULTI;
    if (had_guard) {
      options.flags |= BPF_F_REPLACE;
      options.replace_prog_fd = old->get();
    }
    if (bpf_prog_attach_opts(program_fd, cgroup_fd, BPF_CGROUP_SYSCTL, &options) == 0) {
      return Ok{};
    }
    const int saved_errno = errno;
    // Somebody else was faster to replace it.
    if (!had_guard || saved_errno != ENOENT || tries == kReplacesMax) {
      return attach_error(cgroup_fd, saved_errno);
    }
  }
}

Status detach_guard(int cgroup_fd, const std::string& container_id) {
  const Result<UniqueFd> guard = find_guard(cgroup_fd, container_id);
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
