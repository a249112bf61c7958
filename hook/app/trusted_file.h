// SPDX-License-Identifier: Apache-2.0
// trusted_file.h - a file that root runs or believes: nobody else may be able to change it.
#pragma once

#include <string>

#include "base/result.h"

namespace sg::app {

// A regular file of root's that group and others cannot write, in directories of which the same holds
// (where everybody may make files, as in /tmp, the sticky bit is enough). Links are followed.
// Errors: kSystem where it cannot be looked at, kUnsupported with what is wrong otherwise.
[[nodiscard]] Status require_trusted(const std::string& path);

}  // namespace sg::app
