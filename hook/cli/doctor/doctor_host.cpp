// SPDX-License-Identifier: Apache-2.0
// doctor_host.cpp - each text read for the one thing that matters, and the remedy where it is
// missing.
#include "cli/doctor/doctor_host.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>

#include "base/mountinfo.h"
#include "base/text.h"
#include "host/capabilities.h"
#include "host/cgroup_path.h"
#include "host/kernel_release.h"
#include "request/node_policy_load.h"

namespace sg::cli {
namespace {

constexpr std::size_t kShown = 3;  // who did it somewhere usually did it everywhere
constexpr std::size_t kPathShown = 160;

// The first few of them, and how many more there are.
template <typename T, typename Text>
std::string first_few(const std::vector<T>& all, Text text_of) {
  std::vector<std::string> texts;
  for (const T& one : std::span(all).first(std::min(all.size(), kShown))) {
    texts.push_back(text_of(one));
  }
  return join(texts, "; ") +
         (all.size() > kShown ? "; and " + std::to_string(all.size() - kShown) + " more" : "");
}

host::CapabilitySet effective_capabilities(std::string_view status) {
  constexpr std::string_view kKey = "\nCapEff:\t";
  host::CapabilitySet set = 0;
  if (const std::size_t at = status.find(kKey); at != std::string_view::npos) {
    const std::string_view digits = status.substr(at + kKey.size());
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), set, 16);
  }
  return set;
}

}  // namespace

Check check_kernel(std::string_view release) {
  constexpr host::KernelRelease kOldest{5, 10};
  const host::KernelRelease found = host::parse_kernel_release(release);
  const std::string summary = "Linux " + std::string(release);
  if (found == host::KernelRelease{}) {
    return {"kernel", CheckStatus::kUnknown, summary, "5.10 or later is needed"};
  }
  if (found < kOldest) {
    return {"kernel", CheckStatus::kFailed, summary + " is older than 5.10",
            "use a kernel of 5.10 or later"};
  }
  return {"kernel", CheckStatus::kOk, summary, ""};
}

Check check_cgroups(std::string_view mountinfo) {
  const std::vector<host::CgroupMount> mounts = host::parse_cgroup_mounts(mountinfo);
  const bool has_version1 = mountinfo.find(" - cgroup ") != std::string_view::npos;
  if (mounts.empty()) {
    return {"cgroup", CheckStatus::kFailed,
            has_version1 ? "version 1 alone: containers have no cgroup of version 2"
                         : "no cgroup filesystem is mounted",
            "boot with systemd.unified_cgroup_hierarchy=1, or mount cgroup2 beside version 1"};
  }
  const std::string where = " at " + mounts.back().point;
  return {"cgroup", CheckStatus::kOk,
          has_version1 ? "version 2" + where +
                             ", beside version 1; runc 1.1 or later puts containers there, crun "
                             "refuses some such hosts"
                       : "version 2 alone," + where,
          ""};
}

Check check_bpffs(const Status& usable, const std::optional<kernel::Pins>& pins) {
  const std::string where(kernel::kBpfDir);
  if (!usable) {
    return {"bpffs", CheckStatus::kWarning,
            "guards write no events, and each container loads a program of its own: " +
                usable.error().message,
            usable.error().hint};
  }
  if (!pins) {
    return {"bpffs", CheckStatus::kOk, "none yet: the first guard mounts one at " + where, ""};
  }
  return {"bpffs", CheckStatus::kOk,
          "at " + where + ", with the programs of " + std::to_string(pins->count()) +
              (pins->count() == 1 ? " policy, " : " policies, ") + std::to_string(pins->bytes()) +
              " bytes",
          ""};
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
  const host::CapabilitySet have = effective_capabilities(status);
  if (host::has_capability(have, host::kCapSysAdmin) ||
      (host::has_capability(have, host::kCapBpf) &&
       host::has_capability(have, host::kCapNetAdmin))) {
    return {"privileges", CheckStatus::kOk, "those that the hook needs", ""};
  }
  return {"privileges", CheckStatus::kUnknown,
          "not enough to try a guard: CAP_BPF and CAP_NET_ADMIN are missing",
          "run it as root: sudo sysctl-guard doctor"};
}

Check check_apparmor(const engines::AppArmorState& state,
                     std::span<const engines::Engine* const> there) {
  if (!state.is_on) {
    return {"apparmor", CheckStatus::kOk, "not enabled", ""};
  }
  if (there.empty()) {
    return {"apparmor", CheckStatus::kOk, "enabled, and no engine here gives containers a profile",
            ""};
  }
  std::vector<std::string> refusing;
  std::vector<std::string> naming;
  std::vector<std::string> remedies;
  for (const engines::Engine* engine : there) {
    refusing.push_back(std::string(engine->apparmor_profile) + " (" + engine->name() + ")");
    const engines::AppArmorProfile* const own = engines::own_profile(*engine);
    if (own == nullptr) {
      remedies.push_back(engines::naming_of(*engine, "PROFILE") + ", one that permits the names");
    } else if (engines::is_loaded(state, own->name)) {
      naming.push_back(engines::naming_of(*engine, own->name));
    } else if (state.loaded) {
      remedies.push_back("sysctl-guard install " + engine->name());
    }
  }
  if (!state.loaded) {
    remedies.emplace_back(
        "to see which profiles are loaded, run it as root with securityfs at /sys/kernel/security");
  }
  return {"apparmor", remedies.empty() ? CheckStatus::kOk : CheckStatus::kWarning,
          "enabled: containers with the profile of their engine are guarded, and get EACCES for "
          "most writes under /proc/sys, allowed or not: " +
              join(refusing, ", ") +
              (naming.empty() ? "" : "; guarded ones can name ours: " + join(naming, "; ")),
          join(remedies, "; ")};
}

Check check_selinux(std::string_view enforce) {
  if (!enforce.starts_with('1')) {
    return {"selinux", CheckStatus::kOk, enforce.empty() ? "not enabled" : "permissive", ""};
  }
  return {"selinux", CheckStatus::kWarning,
          "enforcing: containers of type container_t are guarded, and get EACCES for writes under "
          "/proc/sys outside of net, allowed or not, unless the policy of this host permits more",
          "ask it: sesearch -A -s container_t -c file -p write; a container can have another type: "
          "--security-opt label=type:TYPE, seLinuxOptions in the pod's securityContext"};
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
  if (outcome->denied_errno != EPERM && outcome->denied_errno != kProbeRefusal) {
    return {"guard", CheckStatus::kFailed, "an access that is denied is not refused",
            "this kernel does not do what a guard needs: report it with its version"};
  }
  return {"guard", CheckStatus::kOk,
          std::string("attached to a scratch cgroup, it let one write through and refused one") +
              (outcome->denied_errno == kProbeRefusal
                   ? ""
                   : ", with EPERM whatever io.sysctl-guard.refuse says: that takes Linux 5.18"),
          ""};
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
  return {"programs", CheckStatus::kWarning,
          first_few(*programs, kernel::describe) + ": containers there are refused",
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
  const auto text_of = [](const guard::Neighbour& neighbour) {
    return "process " + std::to_string(neighbour.pid) + " of cgroup " +
           escape(neighbour.cgroup, kPathShown) + " in that of " +
           escape(neighbour.container_id.substr(0, kShortId), kPathShown);
  };
  return {"neighbours", CheckStatus::kWarning,
          "without a guard in the PID namespace of a guarded container, whose writable sysctls "
          "they may reach: " +
              first_few(*neighbours, text_of),
          "guard its container too (an empty io.sysctl-guard.allow is enough), or give it a PID "
          "namespace of its own"};
}

std::vector<Check> check_node_policy(const host::RootDir& root, const std::string& file) {
  const Result<request::NodePolicySummary> summary = request::summarize_node_policy(root, file);
  if (!summary) {
    return {{"node-policy", CheckStatus::kFailed, summary.error().message, summary.error().hint}};
  }
  if (!summary->exists) {
    return {{"node-policy", CheckStatus::kOk,
             "none: annotations may ask for the sysctls of the container's own namespaces", ""}};
  }
  std::vector<Check> checks = {{"node-policy", CheckStatus::kOk,
                                file + ", " + std::to_string(summary->profiles.size()) +
                                    " profiles, default.mode " +
                                    summary->default_mode.value_or("not set"),
                                ""}};
  for (const Finding& finding : summary->dangers) {
    checks.push_back(
        {"limit-host", CheckStatus::kWarning,
         file + ":" + std::to_string(finding.line) + ": '" + finding.text + "' " + finding.message,
         finding.hint});
  }
  if (summary->assigns) {
    std::ranges::move(engines::check_assign(root), std::back_inserter(checks));
  }
  return checks;
}

}  // namespace sg::cli
