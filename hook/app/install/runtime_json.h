// SPDX-License-Identifier: Apache-2.0
// runtime_json.h - the wrapper's runtime.json with its setting for all containers, and without it again.
//
// An engine that starts every container by the wrapper guards those with annotations alone until this file
// says otherwise.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace sg::app {

// The file with "allContainers": true; `text` is nothing where there is no file. Errors: kNodePolicy where the
// wrapper would refuse the file, kBadInput where somebody has set it to false.
[[nodiscard]] Result<std::string> guard_all_containers(const std::optional<std::string>& text,
                                                       const std::string& what);

// The file as it was before guard_all_containers: nothing where that made it, unchanged where the setting is
// not there or somebody else's. What is ours is told by its layout. Errors: the wrapper would refuse the file.
[[nodiscard]] Result<std::optional<std::string>> guard_annotated_containers(
    const std::string& text, const std::string& what);

}  // namespace sg::app
