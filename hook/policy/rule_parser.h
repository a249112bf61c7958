// SPDX-License-Identifier: Apache-2.0
// rule_parser.h - the text of one rule after the other into the rules of one list.
//
// Where a list is cut into rules is not known here: annotations (rule_list.h) and the node policy
// (node_policy.h) differ in that.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "policy/foreign_rule.h"
#include "policy/groups.h"
#include "policy/policy.h"
#include "policy/rule_text.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {

// The most rules of one container's annotations, and of one list. 1,000 must fit.
inline constexpr std::size_t kRulesMax = 4096;

// What rules may take in memory, one list or several together. A mention of a group copies its
// rules, so a few kilobytes could otherwise become gigabytes. 1,000 rules take 300 KB.
struct RuleBudget {
  std::size_t rules = kRulesMax;
  std::size_t bytes = std::size_t{8} << 20;
};

// What a list is for decides whether its rules may have values.
enum class Values { kPermitted, kForbidden };

class RuleParser {
 public:
  // Every rule gets `kind` and `source`, the source of findings too. What is taken is taken out of
  // `budget`; more than that, or than kRulesMax in this list, is a finding.
  RuleParser(RuleKind kind, Values values, const std::string& source, const Groups& groups,
             RuleBudget& budget)
      : kind_(kind), values_(values), source_(source), groups_(groups), budget_(budget) {}

  // One rule, or "@name" for the rules of a group, each of which gets the text "@name" with its own
  // in brackets. `written` has no blanks at its ends and is not empty; it stands `offset` bytes
  // into the source. With any mistake, a finding, there is no rule.
  void parse(std::string_view written, std::size_t offset, Diagnostics& findings);

  // The same for a string of the JSON document `text`, with the places of findings in that
  // document. `pointer` is the string's own where the document is a file. An empty string is a
  // finding.
  void parse(const JsonElement& element, std::string_view text, const std::string& pointer,
             Diagnostics& findings);

  [[nodiscard]] const std::string& source() const noexcept { return source_; }
  [[nodiscard]] std::size_t count() const noexcept { return rules_.size(); }

  // Takes back the rules behind the first `count`, for a mistake in what stands behind them.
  void take_back(std::size_t count) { rules_.resize(std::min(count, rules_.size())); }

  [[nodiscard]] std::vector<Rule> take_rules() { return std::move(rules_); }

 private:
  void parse_rule(std::string_view written, std::size_t offset, Separator separator,
                  Diagnostics& findings);
  void parse_group(std::string_view written, const TextPlace& place, Diagnostics& findings);
  void add_rule(Rule rule, std::string_view written, const TextPlace& place, Diagnostics& findings);
  [[nodiscard]] bool is_enough(const Diagnostics& findings);

  const RuleKind kind_;
  const Values values_;
  const std::string& source_;
  const Groups& groups_;
  RuleBudget& budget_;
  std::vector<Rule> rules_;
  bool wants_hints_ = true;  // a finding would be kept
  bool done_ = false;        // nothing more is taken: there is a finding that says so
};

// A pattern of a rule in slash form; '*' is the only wildcard. Findings, and nothing returned: an
// empty, "." or ".." component, more than kNameMax bytes, unprintable bytes, and characters with a
// meaning in the grammar or in other pattern languages ('?', '[', '{', "**"), the last with a hint
// that names the supported form.
[[nodiscard]] std::optional<std::string> parse_pattern(std::string_view written,
                                                       const TextPlace& place,
                                                       Diagnostics& findings);

}  // namespace sg::policy
