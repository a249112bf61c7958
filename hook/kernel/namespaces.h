// SPDX-License-Identifier: Apache-2.0
// namespaces.h - which namespaces a process has that are not the host's.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace sg::kernel {

// True for each namespace of the process that is neither the hook's own nor that of PID 1 as the hook
// sees it.
struct PrivateNamespaces {
  bool net = false;
  bool ipc = false;
  bool uts = false;
  bool user = false;
};

// By the inodes of /proc/<pid>/ns/*, never by what config.json claims. Errors: kSystem.
[[nodiscard]] Result<PrivateNamespaces> private_namespaces(pid_t pid);

}  // namespace sg::kernel
