// SPDX-License-Identifier: Apache-2.0
// option_values.h - what several commands say of their operands and options, and how they read
// them.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "sysctl/namespace_of.h"

namespace sg::cli {

// The operand of a command that is about one container.
[[nodiscard]] Operands container_operand();
// What the help says of it.
inline constexpr const char* kContainerText =
    "CONTAINER is an ID, what one ID alone begins with, a name as `list` shows it, or "
    "NAMESPACE/POD, the one container that a pod of Kubernetes has beside its sandbox, or the "
    "cgroup "
    "of its guard, as `list --json` has it. A name that "
    "could mean another container too is refused: names are chosen by whoever makes a container.";

inline constexpr const char* kJsonHelp = "print one JSON document";

// The value of --private-ns; nothing where it is not given. Errors: an unknown namespace.
[[nodiscard]] Result<std::optional<sysctl::NamespaceSet>> read_private_namespaces(
    const Arguments& arguments);

// The value of the option, or `otherwise`. Errors: a relative path, which means another file
// tomorrow.
[[nodiscard]] Result<std::string> read_absolute_path(const Arguments& arguments,
                                                     const std::string& option,
                                                     const std::string& otherwise);

// The value of --root, or "/". Errors: those of read_absolute_path(); no such directory.
[[nodiscard]] Result<std::string> read_root(const Arguments& arguments);

}  // namespace sg::cli
