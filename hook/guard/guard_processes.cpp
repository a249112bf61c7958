// SPDX-License-Identifier: Apache-2.0
// guard_processes.cpp - walks the guarded cgroups, and reads status and ns/user of each process.
#include "guard/guard_processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/file_io.h"
#include "base/text.h"
#include "host/capabilities.h"

namespace sg::guard {
namespace {

constexpr std::size_t kStatusMax = std::size_t{64} << 10;     // of which a page is the usual
constexpr std::size_t kMountinfoMax = std::size_t{64} << 20;  // as in kernel/cgroup.cpp
constexpr std::size_t kProcsMax = std::size_t{32} << 20;      // as in kernel/cgroup.cpp

struct CloseDir {
  void operator()(DIR* dir) const noexcept { (void)::closedir(dir); }
};

// The directory and all below it.
std::vector<std::string> directories_below(const std::string& top) {
  std::vector<std::string> found = {top};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::unique_ptr<DIR, CloseDir> dir(::opendir(found[i].c_str()));
    while (const dirent* const entry = dir ? ::readdir(dir.get()) : nullptr) {
      const std::string_view name = entry->d_name;
      if (entry->d_type == DT_DIR && name != "." && name != "..") {
        found.push_back(found[i] + "/" + std::string(name));
      }
    }
  }
  return found;
}

std::optional<std::uint64_t> bounding_set(std::string_view status) {
  constexpr std::string_view kWord = "CapBnd:\t";
  for (const std::string_view line : split(status, '\n')) {
    if (!line.starts_with(kWord)) {
      continue;
    }
    std::uint64_t value = 0;
    for (const char c : line.substr(kWord.size())) {
      const std::size_t digit = std::string_view("0123456789abcdef").find(c);
      if (digit == std::string_view::npos) {
        return std::nullopt;
      }
      value = value * 16 + digit;
    }
    return value;
  }
  return std::nullopt;
}

using Inode = std::pair<dev_t, ino_t>;

std::optional<Inode> inode_of(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? std::optional(Inode(found.st_dev, found.st_ino))
                                           : std::nullopt;
}

}  // namespace

std::vector<std::uint64_t> processes_below(const std::string& cgroup_dir) {
  std::vector<std::uint64_t> pids;
  for (const std::string& dir : directories_below(cgroup_dir)) {
    const Result<std::string> text = read_file(AT_FDCWD, dir + "/cgroup.procs", kProcsMax);
    for (const std::string_view line :
         text ? split(*text, '\n') : std::vector<std::string_view>()) {
      // 0 is a process of a PID namespace that we do not see.
      if (const std::optional<std::uint64_t> pid = parse_decimal(line); pid && *pid != 0) {
        pids.push_back(*pid);
      }
    }
  }
  std::ranges::sort(pids);
  return pids;
}

std::optional<host::ProcSysView> proc_sys_of(const std::string& cgroup_dir,
                                             const std::string& proc) {
  for (const std::uint64_t pid : processes_below(cgroup_dir)) {
    const Result<std::string> text =
        read_file(AT_FDCWD, proc + "/" + std::to_string(pid) + "/mountinfo", kMountinfoMax);
    if (text && !text->empty()) {  // it is empty where the process has ended
      return host::ProcSysView(*text);
    }
  }
  return std::nullopt;
}

GuardedProcesses look_at_processes(const std::string& cgroup_dir, const std::string& proc) {
  const std::optional<Inode> own = inode_of(proc + "/self/ns/user");
  GuardedProcesses processes;
  for (const std::uint64_t pid : processes_below(cgroup_dir)) {
    const std::string dir = proc + "/" + std::to_string(pid);
    const Result<std::string> status = read_file(AT_FDCWD, dir + "/status", kStatusMax);
    const std::optional<std::uint64_t> bounding =
        status ? bounding_set(*status) : std::optional<std::uint64_t>();
    const std::optional<Inode> user = inode_of(dir + "/ns/user");
    if (!bounding || !user) {
      continue;  // it ended
    }
    ++processes.count;
    if (std::vector<std::string_view> found = host::undoing_capabilities(*bounding);
        user == own && !found.empty() && !processes.undoer) {
      processes.undoer = Undoer{pid, std::move(found)};
    }
  }
  return processes;
}

}  // namespace sg::guard
