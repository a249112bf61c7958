// SPDX-License-Identifier: Apache-2.0
// opening.h - a compiled policy into the paths below /proc/sys that its container needs writable,
// and no more.
//
// The mount is one of two locks, and holds by itself: what is not on the list stays a read-only
// file system. Below the container's own namespaces it is as coarse as a directory; of the host,
// and of what is shared with it, single files are opened, each of which the policy permits some
// write to.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "host/kernel_release.h"
#include "host/sysctl_tree.h"
#include "policy/policy.h"

namespace sg::request {

struct OpeningInput {
  const policy::Policy& policy;
  std::span<const std::uint8_t> table;  // of the policy: a sg_table
  sysctl::NamespaceSet own;             // the namespaces that the container will have to itself
  host::KernelRelease kernel;
  const host::SysctlTree& tree;
};

// The paths, in the forms of host/lock_proc_sys.h, sorted. Which ones:
// - of a rule without "*", and of a pair of linux.sysctl, the file; one of an interface in the
//   container's own network namespace with the directory that is opened where the interface is not
//   there yet;
// - of a rule with "*" the deepest directory that its beginning names. One in which the host or a
//   shared namespace owns something is gone through instead, down to the files;
// - in audit mode the same of the rules of the node's limit. A sysctl whose handler acts on the
//   namespace of whoever writes, not of whoever opened, is opened only for a rule that names it:
//   UTS always, vm/memfd_noexec of a PID namespace, IPC before Linux 5.19, some of SCTP, RDS and
//   MPTCP before 6.13. Errors: those of
//   decode_table.
[[nodiscard]] Result<std::vector<std::string>> opening_of(const OpeningInput& input);

// Whether one of the paths is of a namespace that is not in `own`: a file, or a directory with what
// is in it.
[[nodiscard]] bool opens_shared(std::span<const std::string> paths,
                                const sysctl::NamespaceSet& own);

}  // namespace sg::request
