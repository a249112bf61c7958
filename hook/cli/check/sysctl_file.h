// SPDX-License-Identifier: Apache-2.0
// sysctl_file.h - the lines of a sysctl.conf or of a file of sysctl.d into the writes that they ask
// for.
//
// As systemd-sysctl and sysctl(8) read them: "#" and ";" begin a comment, blanks around "=" and at
// the ends mean nothing, "-" in front says that a failure does not matter. A name may be a glob,
// which leaves out the names that a line of the file sets by themselves, or names behind a "-"
// without a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "cli/check/check_report.h"

namespace sg::cli {

// The most bytes of such a file.
inline constexpr std::size_t kSysctlFileMax = std::size_t{1} << 20;

// In the order of the lines. What sysctl leaves out, a line without "=" or without a name, is a
// warning; so is an exclusion that excludes nothing. `source` is that of findings.
[[nodiscard]] std::vector<RequestedAccess> read_sysctl_lines(std::string_view text,
                                                             const std::string& source,
                                                             Diagnostics& findings);

}  // namespace sg::cli
