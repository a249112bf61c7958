// SPDX-License-Identifier: Apache-2.0
// wrapper_settings.h - the wrapper's runtime.json with its setting for all containers, and without
// it again.
//
// An engine that starts every container by the wrapper guards those with annotations alone until
// this file says otherwise. The member "allContainersBy" beside the setting says that `install`
// made it.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace sg::engines {

// The file with "allContainers": true; `text` is nothing if there is no file. Errors: kNodePolicy
// if the wrapper would refuse the file, kBadInput if somebody has set it to false.
[[nodiscard]] Result<std::string> guard_all_containers(const std::optional<std::string>& text,
                                                       const std::string& what);

// The file as it was before guard_all_containers: nothing if that made it, unchanged if the setting
// is not there or was somebody else's. Errors: the wrapper would refuse the file.
[[nodiscard]] Result<std::optional<std::string>> guard_annotated_containers(
    const std::string& text, const std::string& what);

}  // namespace sg::engines
