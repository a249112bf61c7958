// SPDX-License-Identifier: Apache-2.0
// write_request.h - does a container want a guard?
//
// Asked before the container exists, of its config.json.
#pragma once

#include "oci/create_config.h"

namespace sg::app {

// Whether it has an annotation of ours, known or not, or one behind a quote (a mistake is for the
// hook to refuse), or names our hook already.
[[nodiscard]] bool asks_for_guard(const oci::CreateConfig& create);

}  // namespace sg::app
