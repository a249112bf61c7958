// SPDX-License-Identifier: Apache-2.0
// container_names.h - what the containers of events are called: an event has their IDs alone, and
// the name is in the guard. Those of containers that are gone are not known.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "events/event.h"

namespace sg::cli {

class ContainerNames {
 public:
  // Looks at the guards of the host for an ID that it does not know, at most once a second.
  void put_into(std::span<events::Event> events);

 private:
  void look();

  std::map<std::string, policy::ContainerName> names_;  // by IDs, cut as in events
  std::int64_t looked_ns_ = 0;                          // of steady_ns()
};

}  // namespace sg::cli
