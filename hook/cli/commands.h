// SPDX-License-Identifier: Apache-2.0
// commands.h - the declarations of all commands, each of which stands beside the command, and a
// command line to the one that is meant.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command.h"

namespace sg::cli {

[[nodiscard]] Command check_command();
[[nodiscard]] Command detach_command();
[[nodiscard]] Command doctor_command();
[[nodiscard]] Command events_command();
[[nodiscard]] Command install_command();
[[nodiscard]] Command learn_command();
[[nodiscard]] Command list_command();
[[nodiscard]] Command metrics_command();
[[nodiscard]] Command show_command();
[[nodiscard]] Command update_command();
[[nodiscard]] Command version_command();

// In the order of the help.
[[nodiscard]] const std::vector<Command>& all_commands();

// `sysctl-guard` itself: what stands where there is no command.
[[nodiscard]] Command program_command();

// What `sysctl-guard` is to print. `words` are those behind its name.
[[nodiscard]] Outcome run_command_line(std::span<const std::string> words);

}  // namespace sg::cli
