// SPDX-License-Identifier: Apache-2.0
// write_request.h - does a container want a guard, and does it ask to write anything?
//
// Asked before the container exists, of its config.json. It only decides what is opened: what the container
// may then write is decided by the hook, which refuses what is wrong with the request.
#pragma once

#include <string_view>

#include "oci/create_config.h"
#include "policy/node_policy.h"

namespace sg::app {

// Whether it has an annotation of ours, known or not, or one behind a quote (a mistake is for the
// hook to refuse), or names our hook already.
[[nodiscard]] bool asks_for_guard(const oci::CreateConfig& create);

// Whether `allow` rules hold for it: of its annotations, after the choice between KEY and KEY/NAME, of its profile
// (an annotation's, or `profile`, which the hook's own arguments name), or of the node's default where it has
// neither. A request with a mistake in it asks for nothing.
[[nodiscard]] bool asks_to_write(const oci::Config& config, const policy::NodePolicy& node,
                                 std::string_view profile);

// The namespaces that config.json says the container has: a new one or, by path, one that is there.
[[nodiscard]] policy::NamespaceSet claimed_namespaces(const oci::Config& config);

}  // namespace sg::app
