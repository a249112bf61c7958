// SPDX-License-Identifier: Apache-2.0
// container_filter.h - the events of the container that somebody means.
#pragma once

#include <string>

#include "base/result.h"
#include "events/event_filter.h"
#include "guard/find_guard.h"

namespace sg::cli {

// The events of the container that `wanted` means, as find_container() has it, and only of that
// one; where no guarded container is meant, those of all whose ID begins like `wanted`. What is a
// name is taken as the beginning of an ID too, and only so where it reads like one: a container
// that chose it hides nobody else's events. Errors: of find_container(), where it could mean
// several.
[[nodiscard]] Result<events::EventFilter> filter_of_container(const guard::Containers& containers,
                                                              const std::string& wanted);

}  // namespace sg::cli
