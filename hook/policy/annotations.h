// SPDX-License-Identifier: Apache-2.0
// annotations.h - the annotations of a container into the rules it asks for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "policy/policy.h"

namespace sg::policy {

// What the annotations ask for; each list is empty where its key is absent.
struct Request {
  std::vector<Rule> allow;
  std::vector<Rule> deny;
  std::vector<Rule> deny_read;
};

// Reads every key that begins with "io.sysctl-guard."; others are ignored, but for the two that
// name the container (io.kubernetes.cri.container-name, io.kubernetes.container.name), which choose
// among keys with a "/NAME" behind them. Every mistake is a finding: an unknown key (with the
// nearest real one), two names that differ, and whatever the lists contain.
[[nodiscard]] Request parse_annotations(const std::map<std::string, std::string>& annotations,
                                        const NamespaceSet& private_namespaces,
                                        Diagnostics& findings);

}  // namespace sg::policy
