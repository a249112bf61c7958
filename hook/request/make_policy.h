// SPDX-License-Identifier: Apache-2.0
// make_policy.h - the one way from what a container asks for to all that a guard needs.
//
// Hook, wrapper, check, doctor, learn and update go this way: what one of them says is what the
// kernel does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "compile/meta.h"
#include "oci/bundle.h"
#include "policy/annotations.h"
#include "policy/node_policy.h"
#include "policy/policy.h"

namespace sg::request {

struct MadePolicy {
  policy::Policy policy;            // without rules where a finding before the merge is an error
  std::vector<std::uint8_t> table;  // a sg_table; empty where a finding is an error
  compile::Meta meta;               // without the version, and without warnings
  std::size_t event_buffer = 0;     // bytes, by the node policy
  bool node_audits = false;         // the policy audits because the node does, not by an annotation
  bool chose_audit = false;         // by an annotation
};

// Reads annotations and pairs of `origin`, merges them with `node`, and compiles the result within
// the limit. Goes as far as it can: every mistake is a finding, one of a profile that the node
// policy has not with the code kUsage, one of what is beyond the limit with kBeyondLimit.
// origin.node_policy is not read.
[[nodiscard]] MadePolicy make_policy(compile::Origin origin, const policy::NodePolicy& node,
                                     Diagnostics& findings);

// What a config.json tells of a container's /proc/sys, on which a full audit depends: kLooksOpen
// where nothing is read-only and no mark says who left it so.
[[nodiscard]] compile::ProcSys proc_sys_of(const oci::Config& config);

// The same for good, now that the request is known. An older version of sysctl-guard opened those
// that asked to write, and left no mark; so one that asks and looks open is kUnknown, any other one
// that looks open was open.
[[nodiscard]] compile::ProcSys settle(compile::ProcSys proc_sys, const policy::NodePolicy& node,
                                      const policy::Request& request);

}  // namespace sg::request
