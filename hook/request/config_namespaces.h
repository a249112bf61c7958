// SPDX-License-Identifier: Apache-2.0
// config_namespaces.h - the namespaces that a container will have to itself, before it is there.
#pragma once

#include "oci/bundle.h"
#include "sysctl/namespace_of.h"

namespace sg::request {

// Those that engines give a container, where nothing else is known.
inline constexpr sysctl::NamespaceSet kEngineNamespaces{
    .net = true, .ipc = true, .uts = true, .user = false};

// By what config.json asks the runtime for: a new namespace is the container's own; one that is
// joined by its path is where it is neither ours nor that of PID 1, and can be read. The hook looks
// again at what the container then has.
[[nodiscard]] sysctl::NamespaceSet config_namespaces(const oci::Config& config);

}  // namespace sg::request
