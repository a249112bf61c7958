// SPDX-License-Identifier: Apache-2.0
// blocking_program.cpp - asks a cgroup, and those above it, how their programs are attached.
//
// The rule is that of hierarchy_allows_attach() in the kernel: upwards from the parent, the first
// cgroup that has a program decides; one that was attached beside others lets others in.
//
// Tested by test/kernel/guard_blocked_test.cpp.
#include "kernel/blocking_program.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

#include "base/text.h"
#include "base/unique_fd.h"
#include "host/cgroup_walk.h"
#include "kernel/our_program.h"

namespace sg::kernel {
namespace {

// The first of the programs, where they are attached so that none can be put beside them.
std::optional<BlockingProgram> blocking_among(const CgroupPrograms& programs, std::string dir) {
  if (programs.ids.empty() || (programs.flags & BPF_F_ALLOW_MULTI) != 0) {
    return std::nullopt;
  }
  BlockingProgram found{.cgroup_dir = std::move(dir),
                        .id = programs.ids.front(),
                        .name = {},
                        .lets_below = (programs.flags & BPF_F_ALLOW_OVERRIDE) != 0};
  const UniqueFd program(bpf_prog_get_fd_by_id(found.id));
  bpf_prog_info info{};
  __u32 size = sizeof info;
  if (program.valid() && bpf_obj_get_info_by_fd(program.get(), &info, &size) == 0) {
    found.name = info.name;
  }
  return found;
}

// Where an open directory is; "?" where that cannot be told.
std::string dir_of(int fd) {
  std::array<char, PATH_MAX> path;
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
  return length < 0 ? "?" : std::string(path.data(), static_cast<std::size_t>(length));
}

// The cgroup above; an invalid descriptor at the top of the mount.
UniqueFd parent_of(int fd) {
  UniqueFd parent(::openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct statfs filesystem {};  // functions have the same names
  struct stat here {};
  struct stat above {};
  if (!parent.valid() || ::fstatfs(parent.get(), &filesystem) != 0 ||
      filesystem.f_type != CGROUP2_SUPER_MAGIC || ::fstat(fd, &here) != 0 ||
      ::fstat(parent.get(), &above) != 0 || here.st_ino == above.st_ino) {
    return UniqueFd();
  }
  return parent;
}

}  // namespace

std::optional<BlockingProgram> find_blocking_program(int cgroup_fd) {
  const Result<CgroupPrograms> own = read_sysctl_programs(cgroup_fd);
  if (own) {
    if (std::optional<BlockingProgram> found = blocking_among(*own, dir_of(cgroup_fd))) {
      return found;
    }
  }
  for (UniqueFd dir = parent_of(cgroup_fd); dir.valid(); dir = parent_of(dir.get())) {
    const Result<CgroupPrograms> above = read_sysctl_programs(dir.get());
    if (!above) {
      return std::nullopt;
    }
    if (!above->ids.empty()) {
      std::optional<BlockingProgram> found = blocking_among(*above, dir_of(dir.get()));
      return found && !found->lets_below ? std::move(found) : std::nullopt;
    }
  }
  return std::nullopt;
}

Result<std::vector<BlockingProgram>> list_blocking_programs() {
  Result<host::CgroupWalk> walk = host::CgroupWalk::start();
  if (!walk) {
    return std::move(walk).error();
  }
  std::vector<BlockingProgram> all;
  for (;;) {
    const Result<std::optional<host::WalkedCgroup>> at = walk->next();
    if (!at) {
      return at.error();
    }
    if (!*at) {
      break;
    }
    const Result<CgroupPrograms> programs = read_sysctl_programs((*at)->dir_fd);
    if (!programs) {
      return Error(programs.error()).context("cgroup '" + escape((*at)->cgroup) + "'");
    }
    std::optional<BlockingProgram> found = blocking_among(*programs, (*at)->path);
    if (found && !(found->lets_below && (*at)->cgroup == "/")) {
      all.push_back(*std::move(found));
    }
  }
  std::ranges::sort(all, {}, &BlockingProgram::cgroup_dir);
  return all;
}

std::string describe(const BlockingProgram& program) {
  const std::string name = program.name.empty() ? "a program without a name"
                                                : "the program '" + escape(program.name) + "'";
  return name + " (ID " + std::to_string(program.id) + ") on the cgroup '" +
         escape(program.cgroup_dir) + "' lets in no other one" +
         (program.lets_below ? " there" : ", there or below");
}

std::string remedy_of(const BlockingProgram& program) {
  return "whoever attached it must do so with BPF_F_ALLOW_MULTI; to take it off: bpftool cgroup "
         "detach " +
         escape(program.cgroup_dir) + " sysctl id " + std::to_string(program.id);
}

}  // namespace sg::kernel
