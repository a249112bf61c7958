// SPDX-License-Identifier: Apache-2.0
// own_path.h - where the running program's binary is.
#pragma once

#include <string>

#include "base/result.h"

namespace sg::host {

// The absolute path, without symbolic links. Errors, kSystem: /proc is not there, or the binary was
// replaced or removed since it was started.
[[nodiscard]] Result<std::string> own_path();

}  // namespace sg::host
