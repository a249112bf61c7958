// SPDX-License-Identifier: Apache-2.0
// guard_to_change.h - the one running guard that a command is about, with what it was made of.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "base/result.h"
#include "compile/meta.h"
#include "kernel/guards.h"

namespace sg::cli {

struct GuardToChange {
  kernel::AttachedGuard guard;
  kernel::Container container;
  compile::Meta meta;
};

// `container` as find_guard() takes it. Errors: those of read_guards() and find_guard(), and
// kUnsupported where the guard's metadata is of another version.
[[nodiscard]] Result<GuardToChange> find_guard_to_change(const std::string& container);

// "container ID: <what> by <who>" and the details to the system log: whoever changes what a
// container may do leaves a line there.
void log_change(const std::string& container_id, const std::string& what,
                const std::string& details);

}  // namespace sg::cli
