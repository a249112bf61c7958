// SPDX-License-Identifier: Apache-2.0
// run_hook.h - the life of one container as the hook sees it: state in, guard attached.
#pragma once

#include <string>

#include "base/result.h"
#include "oci/state.h"

namespace sg::app {

// Guards the container of `state`, or fails and changes nothing. A stopped container needs nothing.
[[nodiscard]] Status guard_container(const oci::State& state);

}  // namespace sg::app
