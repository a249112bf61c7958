// SPDX-License-Identifier: Apache-2.0
// unguarded_neighbours.cpp - the PID namespaces of guarded containers, then every process of the
// host once.
#include "guard/unguarded_neighbours.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/file_io.h"
#include "base/text.h"
#include "guard/guard_processes.h"
#include "host/cgroup_path.h"

namespace sg::guard {
namespace {

constexpr std::size_t kCgroupMax = std::size_t{1} << 20;  // as in kernel/cgroup.cpp

using Inode = std::pair<dev_t, ino_t>;

std::optional<Inode> pid_namespace_of(const std::string& proc, const std::string& process) {
  struct stat found {};
  return ::stat((proc + "/" + process + "/ns/pid").c_str(), &found) == 0
             ? std::optional(Inode(found.st_dev, found.st_ino))
             : std::nullopt;
}

struct CloseDir {
  void operator()(DIR* dir) const noexcept { (void)::closedir(dir); }
};

std::vector<std::uint64_t> all_processes(const std::string& proc) {
  std::vector<std::uint64_t> pids;
  const std::unique_ptr<DIR, CloseDir> dir(::opendir(proc.c_str()));
  while (const dirent* const entry = dir ? ::readdir(dir.get()) : nullptr) {
    if (const std::optional<std::uint64_t> pid = parse_decimal(entry->d_name)) {
      pids.push_back(*pid);
    }
  }
  std::ranges::sort(pids);
  return pids;
}

bool is_guarded(std::span<const GuardView> views, const std::string& cgroup) {
  return std::ranges::any_of(views, [&cgroup](const GuardView& view) {
    return cgroup == view.guard.cgroup || cgroup.starts_with(view.guard.cgroup + "/");
  });
}

}  // namespace

std::vector<Neighbour> unguarded_neighbours(std::span<const GuardView> views,
                                            const std::string& proc) {
  const std::optional<Inode> own = pid_namespace_of(proc, "self");
  std::map<Inode, std::string> guarded;  // by PID namespace, whose
  for (const GuardView& view : views) {
    for (const std::uint64_t pid : processes_below(view.guard.cgroup_dir)) {
      const std::optional<Inode> ns = pid_namespace_of(proc, std::to_string(pid));
      if (view.meta && ns && ns != own) {
        guarded.emplace(*ns, view.container.id.empty() ? "?" : view.container.id);
        break;
      }
    }
  }
  std::vector<Neighbour> neighbours;
  for (const std::uint64_t pid :
       guarded.empty() ? std::vector<std::uint64_t>() : all_processes(proc)) {
    const std::optional<Inode> ns = pid_namespace_of(proc, std::to_string(pid));
    const auto found = ns ? guarded.find(*ns) : guarded.end();
    if (found == guarded.end()) {
      continue;
    }
    const Result<std::string> text =
        read_file(AT_FDCWD, proc + "/" + std::to_string(pid) + "/cgroup", kCgroupMax);
    const Result<std::string> cgroup = text ? host::parse_proc_cgroup(*text) : text.error();
    if (!cgroup || is_guarded(views, *cgroup)) {
      continue;
    }
    const bool is_known = std::ranges::any_of(neighbours, [&](const Neighbour& neighbour) {
      return neighbour.container_id == found->second && neighbour.cgroup == *cgroup;
    });
    if (!is_known) {
      neighbours.push_back({found->second, *cgroup, pid});
    }
  }
  return neighbours;
}

}  // namespace sg::guard
