// SPDX-License-Identifier: Apache-2.0
// engine_names.h - what Podman and Docker call their containers, from the files that they keep.
//
// Nothing rests on it: what cannot be read, that others than root could write, or that has another
// form than expected gives no name. Whoever may start containers chooses names, so that they are
// for people alone. Only the usual places are looked at, /var/lib/containers/storage,
// /run/containers/storage and /var/lib/docker.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace sg::guard {

using EngineNames = std::map<std::string, std::string>;  // by the whole ID

// The names of those of the containers that have one.
[[nodiscard]] EngineNames read_engine_names(const std::set<std::string>& ids);

// Those in a containers.json or volatile-containers.json of containers/storage, which Podman uses.
[[nodiscard]] EngineNames parse_storage_names(std::string_view text);

// The one in a config.v2.json of Docker; empty where there is none.
[[nodiscard]] std::string parse_docker_name(std::string_view text);

}  // namespace sg::guard
