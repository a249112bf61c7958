// SPDX-License-Identifier: Apache-2.0
// syslog_line.h - one line to the system log, without ever waiting for it.
#pragma once

#include <string_view>

namespace sg::app {

// Sends `line` as an error of `program` to /dev/log. crun throws a hook's output away, so this is where
// its users find out. A log that is missing, full or slow is passed over: the socket does not block.
void send_to_syslog(std::string_view program, std::string_view line);

}  // namespace sg::app
