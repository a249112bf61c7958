// SPDX-License-Identifier: Apache-2.0
// write_request.cpp - the annotations are read as the hook will read them.
//
// The hook knows which namespaces the container really has to itself; here it is what config.json says.
// That difference is harmless: it can only open what the guard then keeps shut.
#include "app/write_request.h"

#include "base/diagnostic.h"
#include "oci/open_proc_sys.h"
#include "policy/annotations.h"
#include "policy/merge.h"

namespace sg::app {

policy::NamespaceSet claimed_namespaces(const oci::Config& config) {
  policy::NamespaceSet own;
  for (const oci::Namespace& ns : config.namespaces) {
    own.net = own.net || ns.type == "network";
    own.ipc = own.ipc || ns.type == "ipc";
    own.uts = own.uts || ns.type == "uts";
    own.user = own.user || ns.type == "user";
  }
  return own;
}

bool asks_for_guard(const oci::CreateConfig& create) {
  return policy::has_annotation_of_ours(create.config.annotations) ||
         oci::find_named_hook(create) != nullptr;
}

bool asks_to_write(const oci::Config& config, const policy::NodePolicy& node,
                   std::string_view profile) {
  Diagnostics findings;
  const policy::Request request =
      policy::parse_annotations(config.annotations, node, profile, findings);
  const bool is_known = !request.profile || node.profiles.contains(*request.profile);
  return !findings.has_errors() && is_known && !policy::allow_rules(node, request).empty();
}

}  // namespace sg::app
