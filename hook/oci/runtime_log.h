// SPDX-License-Identifier: Apache-2.0
// runtime_log.h - an error in the log file that an engine gave the runtime.
//
// containerd, Docker and Podman show the last error of that file as the reason why there is no
// container.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace sg::oci {

// One line with its newline, as runc writes it: {"level":"error","msg":…,"time":…}, or the same as
// key=value text. The time is UTC, RFC 3339.
[[nodiscard]] std::string runtime_log_entry(std::string_view message, bool json, std::time_t now);

// Adds the entry to the end of `file`, which is made where there is none. A log that cannot be
// written is passed over: the message stands on standard error too.
void append_to_log(const std::string& file, std::string_view entry);

}  // namespace sg::oci
