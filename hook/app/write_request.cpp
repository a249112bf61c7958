// SPDX-License-Identifier: Apache-2.0
// write_request.cpp - the prefix of our annotations, and the name of our hook.
#include "app/write_request.h"

#include <string>

#include "oci/open_proc_sys.h"
#include "policy/annotations.h"

namespace sg::app {

bool asks_for_guard(const oci::CreateConfig& create) {
  const auto& annotations = create.config.annotations;
  const auto first = annotations.lower_bound(std::string(policy::kAnnotationPrefix));
  return (first != annotations.end() && first->first.starts_with(policy::kAnnotationPrefix)) ||
         oci::find_named_hook(create.config) != nullptr;
}

}  // namespace sg::app
