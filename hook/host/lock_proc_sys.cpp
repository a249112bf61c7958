// SPDX-License-Identifier: Apache-2.0
// lock_proc_sys.cpp - resolve every path, bind each of them, remount what is above them read-only,
// look.
//
// Mounts are made by mount(2) on /proc/self/fd/N, which Linux 5.10 has too: the descriptor says
// exactly what is meant, and neither a symbolic link nor a mount of somebody else can get between.
// All paths are resolved before the first one is bound, so that the way to one never leads over
// another.
//
// Tested by test/kernel/lock_proc_sys_test.cpp.
#include "host/lock_proc_sys.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_io.h"
#include "base/mountinfo.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "host/open_beneath.h"
#include "host/ways_out.h"

namespace sg::host {
namespace {

constexpr ino_t kProcRootInode = 1;  // PROC_ROOT_INO: of every procfs
constexpr const char* kHint =
    "see why the runtime's mounts differ; to do without, leave the annotations out";

// What mount(2) takes for what is open as `fd`.
std::string mount_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

Error unsupported(const std::string& why) { return Error{Errc::kUnsupported, why, kHint}; }

// The container's root directory, open, and for messages.
struct Root {
  UniqueFd dir;
  std::string what;
};

Result<Root> open_root(const std::string& root) {
  Root opened{.dir = UniqueFd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), .what = ""};
  const int saved_errno = errno;
  opened.what = "the container's root '" + escape(root, 160) + "'";
  return opened.dir.valid() ? Result<Root>(std::move(opened))
                            : system_error(opened.what, saved_errno, kHint);
}

// The procfs that is mounted at <root>/proc, if it is that of our PID namespace: the host's would
// show another number for this process, or none.
Result<UniqueFd> open_procfs(const Root& root) {
  const std::string& what = root.what;
  UniqueFd proc = open_beneath(root.dir.get(), "proc", O_PATH | O_DIRECTORY, Mounts::kFollowed);
  if (!proc.valid()) {
    return system_error(what + ": proc", errno, kHint);
  }
  struct statfs filesystem {};
  struct stat info {};
  if (::fstatfs(proc.get(), &filesystem) != 0 || ::fstat(proc.get(), &info) != 0) {
    return system_error(what + ": proc", errno, kHint);
  }
  if (static_cast<std::uint64_t>(filesystem.f_type) != PROC_SUPER_MAGIC ||
      info.st_ino != kProcRootInode) {
    return unsupported(what + ": its proc is not a procfs");
  }
  struct stat host {};
  const bool is_own = read_link(proc.get(), "self") == std::to_string(::getpid());
  if (!is_own || (::stat("/proc", &host) == 0 && host.st_dev == info.st_dev)) {
    return unsupported(what + ": its proc is not the container's own procfs");
  }
  return proc;
}

// Whether the container's mounts show it nothing by which it could leave its guard.
Status check_ways_out(const Root& root, int proc_fd) {
  constexpr std::size_t kTextMax = std::size_t{16} << 20;
  const std::optional<std::string> place = path_of(root.dir.get());
  struct stat info {};
  if (!place || ::fstat(proc_fd, &info) != 0) {
    return system_error(root.what, errno, kHint);
  }
  const Result<std::string> mounts = read_file(AT_FDCWD, "/proc/self/mountinfo", kTextMax);
  const Result<std::string> cgroups = read_file(AT_FDCWD, "/proc/self/cgroup", kTextMax);
  if (!mounts || !cgroups) {
    return mounts ? cgroups.error() : mounts.error();
  }
  OwnPlaces own{
      .root = *place,
      .proc_device = std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev)),
      .cgroup = "",
      .cgroups_v1 = {}};
  take_cgroups(*cgroups, own);
  const std::vector<MountEntry> all = parse_mountinfo(*mounts);
  const std::string way = way_out(all, own);
  return way.empty() ? Status(Ok{})
                     : Error{Errc::kUnsupported, "the container could leave its guard: " + way,
                             "mount something else there, or leave the annotations out"};
}

// A path of the list: what to open, and what to open in its place where that is not there.
struct Wanted {
  std::string path;
  bool is_directory = false;
  std::string in_place;  // a directory, or empty
};

// Nothing for a text of none of the three forms.
bool parse_wanted(std::string_view text, Wanted& wanted) {
  const std::size_t slashes = text.find("//");
  if (slashes != text.npos) {
    wanted.in_place = text.substr(0, slashes);
    wanted.path = wanted.in_place + "/" + std::string(text.substr(slashes + 2));
  } else {
    wanted.is_directory = text.ends_with('/');
    wanted.path = text.substr(0, text.size() - (wanted.is_directory ? 1 : 0));
  }
  const std::vector<std::string_view> components = split(wanted.path, '/');
  return std::ranges::none_of(components, [](std::string_view component) {
    return component.empty() || component == "." || component == "..";
  });
}

// Whether it is there, and what it is said to be. Errors: kSystem where that cannot be told.
Result<bool> is_there(int sys_fd, const std::string& path, bool is_directory) {
  const UniqueFd fd = open_beneath(sys_fd, path, O_PATH | O_NOFOLLOW);
  struct stat info {};
  if (fd.valid() && ::fstat(fd.get(), &info) == 0) {
    return is_directory ? S_ISDIR(info.st_mode) : S_ISREG(info.st_mode);
  }
  const int saved_errno = errno;
  if (saved_errno == ENOENT || saved_errno == ENOTDIR || saved_errno == EXDEV) {
    return false;  // EXDEV: on another filesystem, which stays as it is
  }
  return system_error("/proc/sys/" + escape(path, 160), saved_errno, kHint);
}

// The paths that are there, none of them below another one.
Result<std::vector<std::string>> find_paths(int sys_fd, std::span<const std::string> texts) {
  std::set<std::string> found;
  for (const std::string& text : texts) {
    Wanted wanted;
    if (!parse_wanted(text, wanted)) {
      return Error{Errc::kBadInput,
                   "argument '" + escape(text, 160) + "' is no path below /proc/sys",
                   "let sysctl-guard alone write the hook's argument --open"};
    }
    Result<bool> there = is_there(sys_fd, wanted.path, wanted.is_directory);
    if (there && *there) {
      found.insert(std::move(wanted.path));
    } else if (there && !wanted.in_place.empty()) {
      // The interface alone may be missing: a file that it does not have stays closed.
      const std::string interface =
          wanted.path.substr(0, wanted.path.find('/', wanted.in_place.size() + 1));
      there = is_there(sys_fd, interface, /*is_directory=*/true);
      if (there && !*there) {
        there = is_there(sys_fd, wanted.in_place, /*is_directory=*/true);
        if (there && *there) {
          found.insert(std::move(wanted.in_place));
        }
      }
    }
    if (!there) {
      return there.error();
    }
  }
  std::vector<std::string> outer;
  for (const std::string& path : found) {
    const auto is_above = [&path](const std::string& above) {
      return path.starts_with(above + "/");
    };
    if (std::ranges::none_of(found, is_above)) {
      outer.push_back(path);
    }
  }
  return outer;
}

// With what is mounted below: crun has masked paths and made them read-only by now.
Status bind_onto_itself(int fd, const std::string& what) {
  const std::string path = mount_path(fd);
  if (::mount(path.c_str(), path.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) {
    return system_error("bind " + what, errno, kHint);
  }
  return Ok{};
}

// Read-only, and all else as it was: flags that a user namespace has locked may not be taken away.
Status remount_read_only(int fd) {
  struct statvfs info {};
  if (::fstatvfs(fd, &info) != 0) {
    return system_error("/proc/sys", errno, kHint);
  }
  constexpr std::array<std::pair<unsigned long, unsigned long>, 6> kKept = {
      {{ST_NOSUID, MS_NOSUID},
       {ST_NODEV, MS_NODEV},
       {ST_NOEXEC, MS_NOEXEC},
       {ST_NOATIME, MS_NOATIME},
       {ST_NODIRATIME, MS_NODIRATIME},
       {ST_RELATIME, MS_RELATIME}}};
  unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
  for (const auto& [has, keep] : kKept) {
    flags |= (info.f_flag & has) != 0 ? keep : 0;
  }
  if (::mount(nullptr, mount_path(fd).c_str(), nullptr, flags, nullptr) != 0) {
    return system_error("remount /proc/sys read-only", errno, kHint);
  }
  return Ok{};
}

// Whether /proc/sys, as the container will open it, is read-only now.
Status check_locked(int proc_fd) {
  const UniqueFd sys = open_beneath(proc_fd, "sys", O_PATH | O_DIRECTORY, Mounts::kFollowed);
  struct statvfs info {};
  if (!sys.valid() || ::fstatvfs(sys.get(), &info) != 0) {
    return system_error("/proc/sys", errno, kHint);
  }
  return (info.f_flag & ST_RDONLY) != 0 ? Status(Ok{})
                                        : unsupported("/proc/sys is writable all the same");
}

}  // namespace

Status lock_proc_sys(const std::string& root, std::span<const std::string> paths) {
  if (paths.size() > kOpenPathsMax) {
    return Error{Errc::kBadInput,
                 "there are " + std::to_string(paths.size()) + " paths to open, at most " +
                     std::to_string(kOpenPathsMax) + " are possible",
                 "put \"*\" in place of many names"};
  }
  const Result<Root> opened = open_root(root);
  if (!opened) {
    return opened.error();
  }
  const Result<UniqueFd> proc = open_procfs(*opened);
  if (!proc) {
    return proc.error();
  }
  if (Status kept_in = check_ways_out(*opened, proc->get()); !kept_in) {
    return kept_in;
  }
  const UniqueFd covered = open_beneath(proc->get(), "sys", O_PATH | O_DIRECTORY);
  if (!covered.valid()) {
    const int saved_errno = errno;
    return saved_errno == EXDEV
               ? unsupported("something is mounted on the container's /proc/sys already")
               : Status(system_error("the container's /proc/sys", saved_errno, kHint));
  }
  if (Status bound = bind_onto_itself(covered.get(), "/proc/sys"); !bound) {
    return bound;
  }
  const UniqueFd sys = open_beneath(proc->get(), "sys", O_PATH | O_DIRECTORY, Mounts::kFollowed);
  if (!sys.valid()) {
    return system_error("/proc/sys", errno, kHint);
  }
  const Result<std::vector<std::string>> found = find_paths(sys.get(), paths);
  if (!found) {
    return found.error();
  }
  for (const std::string& path : *found) {
    const UniqueFd fd = open_beneath(sys.get(), path, O_PATH | O_NOFOLLOW);
    const std::string what = "/proc/sys/" + escape(path, 160);
    if (!fd.valid()) {
      const int saved_errno = errno;
      if (saved_errno == ENOENT) {
        continue;  // an interface or module that went away meanwhile
      }
      return system_error(what, saved_errno, kHint);
    }
    if (Status bound = bind_onto_itself(fd.get(), what); !bound) {
      return bound;
    }
  }
  if (Status locked = remount_read_only(sys.get()); !locked) {
    return locked;
  }
  return check_locked(proc->get());
}

}  // namespace sg::host
