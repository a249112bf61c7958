// SPDX-License-Identifier: Apache-2.0
// cgroup.cpp - reads /proc for one process and opens the directory of its container's cgroup.
//
// Which cgroup that is, cgroup_path decides; this file makes sure that the open directory really is
// that cgroup. It holds on to /proc/<pid> from the start, so a number that is given to another
// process meanwhile is noticed. After opening, the directory must be a domain cgroup on cgroup2,
// the process must be listed below it, and its cgroup must still be the one that was read first.
// Where only the ID says that one above the process' cgroup is the container's, nobody else may be
// in it.
//
// Where cgroup2 is mounted says /proc/self/mountinfo, of which a busy host has a megabyte. So the
// two usual places are tried first, and what is there is taken only where all of this holds.
//
// Tested by test/kernel/cgroup_test.cpp.
#include "host/cgroup.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/file_io.h"
#include "base/text.h"
#include "host/cgroup_path.h"

namespace sg::host {
namespace {

// /proc/<pid>/cgroup has one line for each hierarchy, of at most PATH_MAX; 1 MiB holds 256 of them.
constexpr std::size_t kProcCgroupMax = std::size_t{1} << 20;
// A mount namespace has at most 100000 mounts unless fs.mount-max was raised; 64 MiB gives each 670
// bytes, twice what the layers of an overlay need on average.
constexpr std::size_t kMountinfoMax = std::size_t{64} << 20;
// At most 4194304 threads, whose numbers have seven digits and a newline.
constexpr std::size_t kThreadsMax = std::size_t{32} << 20;
// "domain threaded" is the longest.
constexpr std::size_t kTypeMax = 64;

// Where systemd mounts cgroup2, alone or beside version 1.
constexpr std::array<const char*, 2> kUsualMounts = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

constexpr std::string_view kEndedHint = "the container's process may have ended; see why it did";

std::string quote(std::string_view text) { return "'" + escape(text) + "'"; }

Error with_hint(Error error, std::string_view hint) {
  if (error.hint.empty()) {
    error.hint = hint;
  }
  return error;
}

// The cgroup of the process whose /proc directory is `proc_fd`.
Result<std::string> read_leaf(int proc_fd) {
  Result<std::string> text = read_file(proc_fd, "cgroup", kProcCgroupMax);
  if (!text) {
    return with_hint(std::move(text).error().context("cgroup of the process"), kEndedHint);
  }
  Result<std::string> path = parse_proc_cgroup(*text);
  // The kernel's mark on a removed cgroup. Only a process that has ended can be in one.
  if (path && path->ends_with(" (deleted)")) {
    return Error{Errc::kSystem, "cgroup " + quote(*path) + ": it was removed",
                 std::string(kEndedHint)};
  }
  return path;
}

Result<std::string> locate(const std::string& cgroup) {
  const Result<std::string> text = read_file(AT_FDCWD, "/proc/self/mountinfo", kMountinfoMax);
  if (!text) {
    return text.error();
  }
  return locate_cgroup(cgroup, parse_cgroup_mounts(*text));
}

// Refuses what is no domain cgroup of cgroup2. The root cgroup has no type and was refused before.
Status check_directory(int dir_fd) {
  struct statfs filesystem = {};
  const int rc = ::fstatfs(dir_fd, &filesystem);
  const int saved_errno = errno;
  if (rc != 0) {
    return system_error("filesystem type", saved_errno, "");
  }
  if (static_cast<std::uint64_t>(filesystem.f_type) != CGROUP2_SUPER_MAGIC) {
    return Error{Errc::kUnsupported, "it is not on a cgroup2 filesystem",
                 "unmount what covers the cgroup2 mount"};
  }
  const Result<std::string> type = read_file(dir_fd, "cgroup.type", kTypeMax);
  if (!type) {
    return type.error();
  }
  if (*type != "domain\n" && *type != "domain threaded\n") {
    return Error{Errc::kUnsupported, "its type is " + quote(split(*type, '\n').front()),
                 "give the container a domain cgroup; threads could leave a threaded one"};
  }
  return Ok{};
}

// The directory of a cgroup, and the processes in it where they were read already.
struct Opened {
  UniqueFd dir;
  std::optional<std::string> processes;
};

// Refuses a directory that is not `top`: the leaf below it must list the process, by its first
// thread where the leaf may be threaded. Where one mount covers another, a path alone can lead to a
// different cgroup.
Status check_process(Opened& opened, const std::string& top, const std::string& leaf, pid_t pid) {
  const bool is_below = leaf.size() > top.size();
  const std::string list =
      is_below ? leaf.substr(top.size() + 1) + "/cgroup.threads" : "cgroup.procs";
  const Result<std::string> threads = read_file(opened.dir.get(), list, kThreadsMax);
  if (!threads) {
    return with_hint(threads.error(), kEndedHint);
  }
  if (!is_below) {
    opened.processes = *threads;
  }
  const std::string wanted = std::to_string(pid);
  for (const std::string_view line : split(*threads, '\n')) {
    if (line == wanted) {
      return Ok{};
    }
  }
  return Error{Errc::kSystem, "process " + wanted + " is not in it", std::string(kEndedHint)};
}

// Refuses a cgroup in or below which there are other processes than the container's first: the
// author of a container can choose an ID or a cgroupsPath that is the name of a cgroup which others
// are in. `processes` are those of the first one, where they are known. Without recursion, since
// cgroups nest as deep as their makers like.
Status check_own(const std::string& path, const std::optional<std::string>& processes, pid_t pid) {
  // A container that is only being created has two cgroups at most (crun's scope and the one in
  // it).
  constexpr std::size_t kOwnCgroupsMax = 64;
  constexpr const char* kHint =
      "give the container a cgroup of its own: another linux.cgroupsPath, or an ID that is no "
      "cgroup's name";
  const std::string own = std::to_string(pid);
  std::vector<std::string> todo = {path};
  for (std::size_t i = 0; i < todo.size(); ++i) {
    // The processes of a threaded cgroup are those of the domain above it, which has been read. The
    // first one is a domain: check_directory().
    if (i > 0) {
      const Result<std::string> type = read_file(AT_FDCWD, todo[i] + "/cgroup.type", kTypeMax);
      if (type && type->starts_with("threaded")) {
        continue;
      }
    }
    const Result<std::string> text =
        i == 0 && processes ? *processes
                            : read_file(AT_FDCWD, todo[i] + "/cgroup.procs", kThreadsMax);
    if (!text) {
      return with_hint(text.error(), kEndedHint);
    }
    for (const std::string_view line : split(*text, '\n')) {
      if (!line.empty() && line != own) {
        return Error{Errc::kUnsupported,
                     "others than the container are in it: process " + std::string(line), kHint};
      }
    }
    // A directory of cgroups has a link for each one below it, and two of its own.
    struct stat found {};
    if (::stat(todo[i].c_str(), &found) == 0 && found.st_nlink == 2) {
      continue;
    }
    std::error_code failed;
    for (std::filesystem::directory_iterator at(todo[i], failed), end; !failed && at != end;
         at.increment(failed)) {
      if (at->is_directory(failed) && !at->is_symlink(failed)) {
        todo.push_back(at->path().string());
      }
      if (todo.size() > kOwnCgroupsMax) {
        return Error{Errc::kUnsupported,
                     "there are more than " + std::to_string(kOwnCgroupsMax) + " cgroups in it",
                     kHint};
      }
    }
    if (failed) {
      return system_error("directory " + quote(todo[i]), failed.value(), std::string(kEndedHint));
    }
  }
  return Ok{};
}

Result<UniqueFd> open_directory(const std::string& path) {
  UniqueFd dir(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int saved_errno = errno;
  if (!dir.valid()) {
    return system_error("open " + quote(path), saved_errno, std::string(kEndedHint));
  }
  return dir;
}

// The directory `path`, where it is that of the cgroup `top`, which the process is in or below.
Result<Opened> open_checked(const std::string& path, const std::string& top,
                            const std::string& leaf, pid_t pid) {
  Result<UniqueFd> dir = open_directory(path);
  if (!dir) {
    return std::move(dir).error();
  }
  if (Status status = check_directory(dir->get()); !status) {
    return std::move(status).error();
  }
  Opened opened{*std::move(dir), std::nullopt};
  if (Status status = check_process(opened, top, leaf, pid); !status) {
    return std::move(status).error();
  }
  return opened;
}

Result<Cgroup> open_top(const std::string& top, const std::string& leaf, pid_t pid) {
  const std::string noun = "cgroup " + quote(top);
  std::string path;
  Opened found;
  for (const char* const mount : kUsualMounts) {
    path = mount + top;
    if (Result<Opened> opened = open_checked(path, top, leaf, pid)) {
      found = *std::move(opened);
      break;
    }
  }
  if (!found.dir.valid()) {
    const Result<std::string> located = locate(top);
    if (!located) {
      return located.error();
    }
    path = *located;
    Result<Opened> opened = open_checked(path, top, leaf, pid);
    if (!opened) {
      return std::move(opened).error().context(noun);
    }
    found = *std::move(opened);
  }
  if (Status status = check_own(path, found.processes, pid); !status) {
    return std::move(status).error().context(noun);
  }
  return Cgroup{std::move(found.dir), top};
}

}  // namespace

Result<Cgroup> open_container_cgroup(pid_t pid, const std::string& cgroups_path,
                                     const std::string& id) {
  if (pid <= 1) {
    return Error{Errc::kUnsupported,
                 "pid " + std::to_string(pid) + ": that is no container as the host sees it",
                 "register the hook at createRuntime or prestart, not at createContainer"};
  }
  const std::string proc_path = "/proc/" + std::to_string(pid);
  const UniqueFd proc(::open(proc_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int saved_errno = errno;
  if (!proc.valid()) {
    return system_error("open " + proc_path, saved_errno, std::string(kEndedHint));
  }
  Result<std::string> leaf = read_leaf(proc.get());
  if (!leaf) {
    return std::move(leaf).error();
  }
  const Result<std::string> own = read_file(AT_FDCWD, "/proc/self/cgroup", kProcCgroupMax);
  if (!own) {
    return own.error();
  }
  Result<std::string> hook = parse_proc_cgroup(*own);
  if (!hook) {
    return std::move(hook).error();
  }
  Result<std::string> top = container_cgroup({*leaf, cgroups_path, id, *hook});
  if (!top) {
    return std::move(top).error();
  }
  Result<Cgroup> cgroup = open_top(*top, *leaf, pid);
  if (!cgroup) {
    return cgroup;
  }
  const Result<std::string> again = read_leaf(proc.get());
  if (!again) {
    return again.error();
  }
  if (*again != *leaf) {
    return Error{Errc::kSystem,
                 "cgroup " + quote(*leaf) + ": the process has moved to " + quote(*again),
                 "create the container again"};
  }
  return cgroup;
}

}  // namespace sg::host
