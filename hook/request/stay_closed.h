// SPDX-License-Identifier: Apache-2.0
// stay_closed.h - why a container's /proc/sys must not be opened: it could undo its guard, or leave
// it.
#pragma once

#include <string>
#include <vector>

#include "oci/create_config.h"

namespace sg::request {

// What a container could leave or undo its guard by, of this host.
struct HostPlaces {
  std::vector<std::string> cgroup_mounts = {
      "/"};  // where it has its cgroup filesystems; "/" where that is not known
  std::vector<std::string> proc_mounts = {"/"};  // the same of procfs
  bool root_holds_hook =
      false;  // the container's root is, or holds, a directory on the way to our hook
  bool covers_proc =
      false;  // of what the document masks or makes read-only below /proc something exists
};

// Why /proc/sys must stay as the engine has it, as a clause; empty where nothing is against opening
// it.
//
// A container that could undo the guard, or leave it, is never opened. Any one that is not apart
// stays closed with
// - a capability that undoes a guard (host/capabilities.h), in any of its sets. One that is not
//   spelled CAP_NAME (crun knows numbers too) counts as all of them;
// - no new PID namespace: one that is joined by path is somebody else's;
// - a bind mount of what is at, above or below a procfs of the host, or a root at, above or below
//   one or a cgroup mount. And every one stays closed with
// - a mount namespace that is not new, or a root at or above our hook: what the container has there
//   would be run in the hook's place, by the host's root;
// - another read-only path at, above or below /proc/sys, or where a link could lead there: the
//   engine was told to keep it;
// - a way out of its cgroup: a mount of cgroups that could be writable without a new cgroup
//   namespace, several of them, a bind mount of a path at, above or below one of the host's, or a
//   sysfs in whose place crun binds the host's;
// - a /proc that is no procfs of its own, or with something mounted on its sys;
// - nothing else below /proc that is masked or read-only: a user namespace in it could mount a
//   procfs of its own;
// - an ociVersion before 1.0.2, with which the createContainer stage came.
// And what the engine was told to hide (/proc/sys in `linux.maskedPaths`) stays hidden.
[[nodiscard]] std::string reason_to_stay_closed(const oci::CreateConfig& config,
                                                const HostPlaces& host);

// Whether its user namespace is new and maps no ID to the host's 0: what belongs to the host's root
// is not the container's. To procfs an identity map is the host's root.
[[nodiscard]] bool lacks_host_root(const oci::CreateConfig& config);

// Whether capabilities of the container, and what it sees of processes, reach nothing of the host:
// it lacks the host's root, and its cgroup namespace is new.
[[nodiscard]] bool is_apart(const oci::CreateConfig& config);

}  // namespace sg::request
