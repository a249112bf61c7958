// SPDX-License-Identifier: Apache-2.0
// doctor_host.cpp - each text read for the one thing that matters, and the remedy where it is
// missing.
#include "cli/doctor/doctor_host.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/mountinfo.h"
#include "base/text.h"
#include "host/capabilities.h"
#include "host/cgroup_path.h"
#include "request/node_policy_load.h"

namespace sg::cli {
namespace {

// Numbers of linux/capability.h, which are fixed for ever.

constexpr std::size_t kProgramsShown = 3;    // who put one somewhere usually put it everywhere
constexpr std::size_t kNeighboursShown = 3;  // the remedy is the same for all

constexpr std::size_t kPathShown = 160;
constexpr std::size_t kIdShown = 12;  // as in `sysctl-guard list`

// The number at the start of `text`, which is cut off with the dot behind it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<std::uint64_t> number = parse_decimal(text.substr(0, end));
  text.remove_prefix(end);
  text.remove_prefix(text.starts_with('.') ? 1 : 0);
  return number;
}

// The line of `text` that begins with `key`, without it and without blanks; "" where there is none.
std::string_view value_of(std::string_view text, std::string_view key) {
  for (std::string_view line : split(text, '\n')) {
    if (line.starts_with(key)) {
      line.remove_prefix(key.size());
      while (!line.empty() && is_blank(line.front())) {
        line.remove_prefix(1);
      }
      return line;
    }
  }
  return "";
}

// Sixteen hexadecimal digits, as the kernel prints a set of capabilities.
std::uint64_t parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(c);
    value = digit == std::string_view::npos ? value : value * 16 + digit;
  }
  return value;
}

bool has_cgroup1(std::string_view mountinfo) {
  for (const std::string_view line : split(mountinfo, '\n')) {
    if (line.find(" - cgroup ") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

Check check_kernel(std::string_view release) {
  std::string_view rest = release;
  const std::optional<std::uint64_t> major = take_number(rest);
  const std::optional<std::uint64_t> minor = take_number(rest);
  const std::string summary = "Linux " + std::string(release);
  if (!major || !minor) {
    return {"kernel", CheckStatus::kUnknown, summary, "5.10 or later is needed"};
  }
  if (*major < 5 || (*major == 5 && *minor < 10)) {
    return {"kernel", CheckStatus::kFailed, summary + " is older than 5.10",
            "use a kernel of 5.10 or later"};
  }
  return {"kernel", CheckStatus::kOk, summary, ""};
}

Check check_cgroups(std::string_view mountinfo) {
  const std::vector<host::CgroupMount> mounts = host::parse_cgroup_mounts(mountinfo);
  if (mounts.empty()) {
    return {"cgroup", CheckStatus::kFailed,
            has_cgroup1(mountinfo) ? "version 1 alone: containers have no cgroup of version 2"
                                   : "no cgroup filesystem is mounted",
            "boot with systemd.unified_cgroup_hierarchy=1, or mount cgroup2 beside version 1"};
  }
  const std::string where = " at " + mounts.back().point;
  if (has_cgroup1(mountinfo)) {
    return {"cgroup", CheckStatus::kOk,
            "version 2" + where +
                ", beside version 1; runc 1.1 or later puts containers there, crun "
                "refuses some such hosts",
            ""};
  }
  return {"cgroup", CheckStatus::kOk, "version 2 alone," + where, ""};
}

Check check_events(std::string_view mountinfo, const kernel::EventDir& directory,
                   const Status& usable) {
  constexpr std::string_view kPoint = "/sys/fs/bpf";
  const std::vector<MountEntry> mounts = parse_mountinfo(mountinfo);
  // Mounts lie on each other: the last one there is the one that is seen.
  const auto mount = std::ranges::find(mounts.rbegin(), mounts.rend(), kPoint, &MountEntry::point);
  if (mount == mounts.rend() || mount->type != "bpf") {
    return {"events", CheckStatus::kWarning,
            "no bpffs is mounted at " + std::string(kPoint) + ": guards write no events",
            "mount -t bpf -o mode=700 bpf " + std::string(kPoint)};
  }
  if (!usable) {
    return {"events", CheckStatus::kWarning, "guards write no events: " + usable.error().message,
            usable.error().hint};
  }
  if (directory.can_take) {
    const bool is_there = directory.owner == kernel::EventDirOwner::kRoot;
    return {"events", CheckStatus::kWarning,
            "the bpffs at " + std::string(kPoint) + " has mode " + directory.bpffs_mode +
                (is_there ? ": other users can put a directory of theirs in place of "
                          : ": any user can make ") +
                kernel::kEventDir + ", and guards would write no events",
            is_there ? "chmod 700 " + std::string(kPoint)
                     : "sysctl-guard install ENGINE makes it first; or chmod 700 " +
                           std::string(kPoint)};
  }
  return {"events", CheckStatus::kOk, "bpffs at " + std::string(kPoint), ""};
}

Check check_privileges(std::string_view status, std::string_view uid_map) {
  std::vector<std::string_view> map;
  for (const std::string_view word : split(split(uid_map, '\n').front(), ' ')) {
    if (!word.empty()) {
      map.push_back(word);
    }
  }
  if (map.size() != 3 || map[0] != "0" || map[1] != "0" || map[2] != "4294967295") {
    return {
        "privileges", CheckStatus::kFailed, "this is not the host's user namespace",
        "run it, and the engine, as root of the host: rootless engines cannot guard containers"};
  }
  const std::uint64_t have = parse_hex(value_of(status, "CapEff:"));
  if (host::has_capability(have, host::kCapSysAdmin) ||
      (host::has_capability(have, host::kCapBpf) &&
       host::has_capability(have, host::kCapNetAdmin))) {
    return {"privileges", CheckStatus::kOk, "those that the hook needs", ""};
  }
  return {"privileges", CheckStatus::kUnknown,
          "not enough to try a guard: CAP_BPF and CAP_NET_ADMIN are missing",
          "run it as root: sudo sysctl-guard doctor"};
}

Check check_apparmor(std::string_view enabled, std::span<const engines::Engine* const> there) {
  if (!enabled.starts_with('Y')) {
    return {"apparmor", CheckStatus::kOk, "not enabled", ""};
  }
  std::string profiles;
  std::string remedy;
  for (const engines::Engine* engine : there) {
    profiles += (profiles.empty() ? "" : ", ") + std::string(engine->apparmor_profile) + " (" +
                engine->name() + ")";
    const std::string clause(engine->apparmor_remedy);
    remedy += remedy.find(clause) != std::string::npos ? "" : (remedy.empty() ? "" : "; ") + clause;
  }
  if (profiles.empty()) {
    return {"apparmor", CheckStatus::kOk, "enabled, and no engine here gives containers a profile",
            ""};
  }
  return {
      "apparmor", CheckStatus::kWarning,
      "enabled: containers with the profile of their engine are guarded, and get EACCES for most "
      "writes under /proc/sys, allowed or not: " +
          profiles,
      remedy};
}

Check check_probe(const Result<kernel::ProbeOutcome>& outcome) {
  if (!outcome) {
    const Error& error = outcome.error();
    return {"guard", CheckStatus::kFailed, "no guard can be attached: " + error.message,
            error.hint};
  }
  if (outcome->allowed_errno == EROFS || outcome->denied_errno == EROFS) {
    return {"guard", CheckStatus::kUnknown, "/proc/sys is read-only here, so nothing can be tried",
            "run it on the host, not in a container"};
  }
  if (outcome->allowed_errno != 0) {
    return {
        "guard", CheckStatus::kFailed,
        system_error("an access that is allowed is refused", outcome->allowed_errno, "").message,
        "look for another program of type cgroup/sysctl or a security module: bpftool cgroup tree"};
  }
  if (outcome->denied_errno != EPERM) {
    return {"guard", CheckStatus::kFailed, "an access that is denied is not refused",
            "this kernel does not do what a guard needs: report it with its version"};
  }
  return {"guard", CheckStatus::kOk,
          "attached to a scratch cgroup, it let one write through and refused one", ""};
}

Check check_programs(const Result<std::vector<kernel::BlockingProgram>>& programs) {
  if (!programs) {
    return {"programs", CheckStatus::kWarning,
            "not all cgroups could be asked for programs that keep guards away: " +
                programs.error().message,
            programs.error().hint};
  }
  if (programs->empty()) {
    return {"programs", CheckStatus::kOk, "no program on any cgroup keeps guards away", ""};
  }
  std::string summary;
  for (std::size_t i = 0; i < std::min(programs->size(), kProgramsShown); ++i) {
    summary += (i == 0 ? "" : "; ") + kernel::describe((*programs)[i]);
  }
  if (programs->size() > kProgramsShown) {
    summary += "; and " + std::to_string(programs->size() - kProgramsShown) + " more";
  }
  return {"programs", CheckStatus::kWarning, summary + ": containers there are refused",
          kernel::remedy_of(programs->front())};
}

Check check_neighbours(const Result<std::vector<guard::Neighbour>>& neighbours) {
  if (!neighbours) {
    return {"neighbours", CheckStatus::kWarning,
            "who shares a PID namespace with a guarded container could not be asked: " +
                neighbours.error().message,
            neighbours.error().hint};
  }
  if (neighbours->empty()) {
    return {"neighbours", CheckStatus::kOk,
            "no process without a guard is in the PID namespace of a guarded container", ""};
  }
  std::string summary;
  for (std::size_t i = 0; i < std::min(neighbours->size(), kNeighboursShown); ++i) {
    const guard::Neighbour& neighbour = (*neighbours)[i];
    summary += (i == 0 ? "" : "; ") + ("process " + std::to_string(neighbour.pid)) + " of cgroup " +
               escape(neighbour.cgroup, kPathShown) + " in that of " +
               escape(neighbour.container_id.substr(0, kIdShown), kPathShown);
  }
  if (neighbours->size() > kNeighboursShown) {
    summary += "; and " + std::to_string(neighbours->size() - kNeighboursShown) + " more";
  }
  return {"neighbours", CheckStatus::kWarning,
          "without a guard in the PID namespace of a guarded container, whose writable sysctls "
          "they may reach: " +
              summary,
          "guard its container too (an empty io.sysctl-guard.allow is enough), or give it a PID "
          "namespace of its own"};
}

Check check_node_policy(const host::RootDir& root, const std::string& file) {
  const Result<request::NodePolicySummary> summary = request::summarize_node_policy(root, file);
  if (!summary) {
    return {"node-policy", CheckStatus::kFailed, summary.error().message, summary.error().hint};
  }
  if (!summary->exists) {
    return {"node-policy", CheckStatus::kOk,
            "none: annotations may ask for the sysctls of the container's own namespaces", ""};
  }
  return {"node-policy", CheckStatus::kOk,
          file + ", " + std::to_string(summary->profiles.size()) + " profiles, default.mode " +
              summary->default_mode.value_or("not set"),
          ""};
}

std::vector<Check> check_grants(const host::RootDir& root, const std::string& file) {
  std::vector<Check> checks;
  const Result<request::NodePolicySummary> summary = request::summarize_node_policy(root, file);
  if (!summary) {
    return checks;
  }
  for (const Finding& finding : summary->dangers) {
    checks.push_back(
        {"limit-host", CheckStatus::kWarning,
         file + ":" + std::to_string(finding.line) + ": '" + finding.text + "' " + finding.message,
         finding.hint});
  }
  return checks;
}

}  // namespace sg::cli
