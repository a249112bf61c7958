// SPDX-License-Identifier: Apache-2.0
// libbpf_log.h - what libbpf and the verifier say, kept for the error message instead of printed.
#pragma once

#include <string>

namespace sg::test {

// Keeps libbpf's messages from here on, in this process, and forgets earlier ones. libbpf has one
// print function for the process and hands it no context, so what is kept is global to this file.
void capture_libbpf_log();

// The one line of it that says why: the verifier's last complaint where it was asked, else what was
// said first. "" where nothing was said.
[[nodiscard]] std::string libbpf_reason();

}  // namespace sg::test
