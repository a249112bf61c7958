// SPDX-License-Identifier: Apache-2.0
// libbpf_log.h - what libbpf and the verifier say, kept for the error message instead of printed.
#pragma once

#include <string>

namespace sg::kernel {

// Keeps libbpf's messages from here on, in this process, and forgets earlier ones. libbpf has one print
// function for the process and hands it no context, so what is kept is global to this file.
void capture_libbpf_log();

// The last line of what was said since, without a final newline; "" where nothing was.
[[nodiscard]] std::string last_libbpf_line();

}  // namespace sg::kernel
