// SPDX-License-Identifier: Apache-2.0
// write_request.cpp - annotations of ours, and the name of our hook.
#include "app/write_request.h"

#include "oci/open_proc_sys.h"
#include "policy/annotations.h"

namespace sg::app {

bool asks_for_guard(const oci::CreateConfig& create) {
  return policy::has_annotation_of_ours(create.config.annotations) ||
         oci::find_named_hook(create.config) != nullptr;
}

}  // namespace sg::app
