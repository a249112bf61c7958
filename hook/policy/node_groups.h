// SPDX-License-Identifier: Apache-2.0
// node_groups.h - the groups of the node policy, which may name each other, into rules.
#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "policy/groups.h"
#include "policy/node_policy_shape.h"
#include "policy/rule_parser.h"

namespace sg::policy {

// Adds every group of the document `text` to `groups`. A group that names itself, however
// indirectly, is a finding that shows the way round; so is a name that no group has, and what is
// more than `budget` or than kRulesMax rules in one group.
void read_node_groups(std::string_view text, const NodePolicyShape& shape,
                      const std::string& source, RuleBudget& budget, Groups& groups,
                      Diagnostics& findings);

}  // namespace sg::policy
