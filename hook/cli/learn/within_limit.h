// SPDX-License-Identifier: Apache-2.0
// within_limit.h - writes into rules, as many as can be within what the node permits, and those
// that are beyond it by themselves.
//
// A container with a rule beyond the limit is refused. So what is beyond must not stand in a rule
// with what is within: it is parted before rules are made, and a rule that goes too far beyond what
// was seen is made again, narrower.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "cli/learn/learn.h"
#include "compile/decide.h"
#include "policy/node_policy.h"

namespace sg::cli {

struct SuggestedRule {
  LearnedRule rule;
  std::string beyond;  // why it is beyond the node's limit; empty: it is within
  std::string remedy;  // what to do about that
  // It is the host's, or of a namespace shared with it: limit.host must permit it.
  bool needs_host = false;
  bool does_harm = false;  // to the host, by sysctl/dangers.h; a note of the rule says which

  [[nodiscard]] bool is_within() const { return beyond.empty(); }
};

struct RulesForNode {
  std::vector<SuggestedRule> rules;  // sorted by their text
  std::vector<Unnameable> unnameable;
  std::size_t rare = 0;
};

// `min` as cli::learn() has it.
[[nodiscard]] RulesForNode learn_for_node(std::span<const SeenWrite> writes,
                                          const policy::NodePolicy& node, Generalise generalise,
                                          std::uint64_t min);

// What a table says of a write of which perhaps only the beginning was seen.
[[nodiscard]] compile::Decision decide_seen(std::span<const std::uint8_t> table,
                                            const SeenWrite& write);

// nullptr where there is none.
[[nodiscard]] const Finding* first_error(const Diagnostics& findings);

}  // namespace sg::cli
