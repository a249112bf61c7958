// SPDX-License-Identifier: Apache-2.0
// proc_sys.h - what a config.json tells of a container's /proc/sys, on which a full audit depends.
#pragma once

#include "compile/meta.h"
#include "oci/bundle.h"
#include "policy/annotations.h"
#include "policy/node_policy.h"

namespace sg::request {

// kLooksOpen where nothing is read-only and no mark says who left it so.
[[nodiscard]] compile::ProcSys proc_sys_of(const oci::Config& config);

// The same for good, now that the request is known. An older version of sysctl-guard opened those
// that asked to write, and left no mark; so one that asks and looks open is kUnknown, any other one
// that looks open was open.
[[nodiscard]] compile::ProcSys settle(compile::ProcSys proc_sys, const policy::NodePolicy& node,
                                      const policy::Request& request);

}  // namespace sg::request
