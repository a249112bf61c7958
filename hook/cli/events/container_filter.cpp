// SPDX-License-Identifier: Apache-2.0
// container_filter.cpp - what a container is called, into the filter for its events.
#include "cli/events/container_filter.h"

#include <optional>

namespace sg::cli {

Result<events::EventFilter> filter_of_container(const guard::Containers& containers,
                                                const std::string& wanted) {
  const Result<std::optional<guard::FoundContainer>> found =
      guard::find_container(containers, wanted);
  if (!found) {
    return found.error();
  }
  if (!*found || (*found)->by == guard::FoundBy::kNameLikeId) {
    return events::EventFilter{.id = "", .prefix = wanted};
  }
  events::EventFilter filter{.id = (*found)->guards.front()->meta->container_id,
                             .prefix = std::nullopt};
  if ((*found)->by == guard::FoundBy::kName) {
    filter.prefix = wanted;
  }
  return filter;
}

}  // namespace sg::cli
