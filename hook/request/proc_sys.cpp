// SPDX-License-Identifier: Apache-2.0
// proc_sys.cpp - marks first, then the read-only paths.
#include "request/proc_sys.h"

#include <string>

#include "oci/open_proc_sys.h"
#include "policy/merge.h"

namespace sg::request {

using compile::ProcSys;

static_assert(oci::kOpenedKey.starts_with(policy::kAnnotationPrefix) &&
              oci::kOpenedKey.ends_with(policy::kMarkKeys[0]));
static_assert(oci::kWasOpenKey.starts_with(policy::kAnnotationPrefix) &&
              oci::kWasOpenKey.ends_with(policy::kMarkKeys[1]));
static_assert(oci::kClosedKey.starts_with(policy::kAnnotationPrefix) &&
              oci::kClosedKey.ends_with(policy::kMarkKeys[2]));

ProcSys proc_sys_of(const oci::Config& config) {
  if (oci::is_opened_by_us(config)) {
    return ProcSys::kOpened;
  }
  if (!oci::is_open_throughout(config)) {
    return ProcSys::kUnknown;
  }
  return config.annotations.contains(std::string(oci::kWasOpenKey)) ? ProcSys::kWasOpen
                                                                    : ProcSys::kLooksOpen;
}

ProcSys settle(ProcSys proc_sys, const policy::NodePolicy& node, const policy::Request& request) {
  if (proc_sys != ProcSys::kLooksOpen) {
    return proc_sys;
  }
  return policy::allow_rules(node, request).empty() ? ProcSys::kWasOpen : ProcSys::kUnknown;
}

}  // namespace sg::request
