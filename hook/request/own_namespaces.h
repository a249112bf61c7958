// SPDX-License-Identifier: Apache-2.0
// own_namespaces.h - which namespaces a container has to itself, from what is so and not from what
// is claimed.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "host/kernel_release.h"
#include "oci/bundle.h"
#include "sysctl/namespace_of.h"

namespace sg::request {

// Those of a process, by the inodes of /proc/<pid>/ns/*: each that is neither the hook's own nor
// that of PID 1 as the hook sees it. Errors: kSystem.
[[nodiscard]] Result<sysctl::NamespaceSet> own_namespaces(pid_t pid);

// Whether the namespace at `path`, which is of the kind `name` ("net", as in /proc/PID/ns), belongs
// neither to us nor to PID 1. False for whatever cannot be read, or is no namespace.
[[nodiscard]] bool is_own_namespace(const std::string& path, const char* name);

// Those that engines give a container, where nothing else is known. Its PID namespace is not among
// them: what belongs to it depends on the kernel, and a question about another node should not.
inline constexpr sysctl::NamespaceSet kEngineNamespaces{
    .net = true, .ipc = true, .uts = true, .user = false, .pid = false};

// What is the PID namespace's in this kernel.
[[nodiscard]] sysctl::PidSysctls pid_sysctls(const host::KernelRelease& kernel);

// By what config.json asks the runtime for: a new namespace is the container's own; one that is
// joined by its path is where it is neither ours nor that of PID 1, and can be read. The hook looks
// again at what the container then has.
[[nodiscard]] sysctl::NamespaceSet config_namespaces(const oci::Config& config);

}  // namespace sg::request
