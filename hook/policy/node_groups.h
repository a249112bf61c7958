// SPDX-License-Identifier: Apache-2.0
// node_groups.h - the groups of the node policy, which may name each other, into rules.
#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "policy/groups.h"
#include "policy/node_policy_shape.h"

namespace sg::policy {

// Adds every group of the document `text` to `groups`. A group that names itself, however indirectly, is a
// finding that shows the way round; so is a name that no group has, and a group of more than kRulesMax
// rules.
void read_node_groups(std::string_view text, const NodePolicyShape& shape,
                      const std::string& source, Groups& groups, Diagnostics& findings);

}  // namespace sg::policy
