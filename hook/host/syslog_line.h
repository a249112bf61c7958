// SPDX-License-Identifier: Apache-2.0
// syslog_line.h - one line to the system log, without ever waiting for it.
#pragma once

#include <string_view>

#include "base/diagnostic.h"

namespace sg::host {

// Sends `line` of `program` to /dev/log, as an error or a warning. crun throws a hook's output
// away, so this is where its users find out. A log that is missing, full or slow is passed over:
// the socket does not block.
void send_to_syslog(std::string_view program, std::string_view line, Severity severity);

}  // namespace sg::host
