// SPDX-License-Identifier: Apache-2.0
// doctor_host.h - what the kernel and its configuration say, as checks: texts of /proc in, findings
// out.
#pragma once

#include <cerrno>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engines/apparmor.h"
#include "engines/engine.h"
#include "engines/programs.h"
#include "guard/unguarded_neighbours.h"
#include "host/root_dir.h"
#include "kernel/blocking_program.h"
#include "kernel/bpf_dir.h"
#include "kernel/pins.h"
#include "kernel/probe.h"

namespace sg::cli {

using engines::Check;
using engines::CheckStatus;

// `release` as uname(2) has it: 5.10 is the oldest kernel that is supported.
[[nodiscard]] Check check_kernel(std::string_view release);

// The cgroup filesystems in the text of /proc/self/mountinfo: version 2 alone, both, or version 1
// alone.
[[nodiscard]] Check check_cgroups(std::string_view mountinfo);

// Whether our bpffs is there and root's alone; `usable` is what check_bpf_dir() says. Guards work
// without, slower to start and without events.
[[nodiscard]] Check check_bpffs(const Status& usable, const std::optional<kernel::Pins>& pins);

// The effective capabilities in /proc/self/status, and the text of /proc/self/uid_map: the hook
// needs CAP_BPF and CAP_NET_ADMIN (or CAP_SYS_ADMIN) in the host's user namespace.
[[nodiscard]] Check check_privileges(std::string_view status, std::string_view uid_map);

// Each engine that is there gives its containers a profile that denies most writes under /proc/sys:
// whether the kernel has ours, which containers can name in its place.
[[nodiscard]] Check check_apparmor(const engines::AppArmorState& state,
                                   std::span<const engines::Engine* const> there);

// The text of SELinux's file "enforce", "" where there is none: the type that containers have there
// may write sysctls of net alone.
[[nodiscard]] Check check_selinux(std::string_view enforce);

// Programs that let no guard in, somewhere on this host.
[[nodiscard]] Check check_programs(const Result<std::vector<kernel::BlockingProgram>>& programs);

// Processes without a guard in the PID namespaces of guarded containers.
[[nodiscard]] Check check_neighbours(const Result<std::vector<guard::Neighbour>>& neighbours);

// What a guarded process met.
// What the probe's guard refuses with. Not EROFS, which a read-only /proc/sys gives.
inline constexpr int kProbeRefusal = EACCES;
[[nodiscard]] Check check_probe(const Result<kernel::ProbeOutcome>& outcome);

// The node policy: none is fine; one that the hook would refuse is not. Behind it a warning for
// each thing that its limit.host permits and that gives the host away, weakens it or can bring it
// down, as many as compile/dangerous_grants.h has.
[[nodiscard]] std::vector<Check> check_node_policy(const host::RootDir& root,
                                                   const std::string& file);

}  // namespace sg::cli
