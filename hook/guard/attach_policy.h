// SPDX-License-Identifier: Apache-2.0
// attach_policy.h - a policy that is ready onto a cgroup.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/attachment.h"
#include "request/make_policy.h"

namespace sg::guard {

// Loads a guard with the policy and attaches it, in place of an earlier one of the same container.
// `notes` gets a line where events are wanted and cannot be had: the guard works without. Errors:
// those of Guard::load() and attach_guard(); then nothing has changed.
[[nodiscard]] Status attach_policy(request::MadePolicy ready, int cgroup_fd, kernel::Attach how,
                                   std::vector<std::string>& notes);

}  // namespace sg::guard
