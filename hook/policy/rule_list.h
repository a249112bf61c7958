// SPDX-License-Identifier: Apache-2.0
// rule_list.h - the value of an `allow`, `deny` or `deny-read` key into rules.
//
// Two forms: rules with semicolons, commas or line breaks between them, or a JSON array of strings,
// one rule each. "@name" stands for the rules of a group.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "policy/groups.h"
#include "policy/policy.h"
#include "policy/rule_parser.h"

namespace sg::policy {

// The most bytes of one list. 1,000 rules must fit, of about 40 bytes each in practice; Kubernetes
// bounds all annotations of an object at 256 KiB.
inline constexpr std::size_t kListMax = std::size_t{256} << 10;

// The rules of `list`, in their order, groups replaced by their rules; each has kind `kind`, the
// text and source it was written with (for a group's rule, the text is "@name" with the rule in
// brackets). Mistakes are findings with offsets into `list`, in the JSON form too. A value in a
// list of kDeny or kDenyRead is a finding. The lists of one container share a `budget`.
[[nodiscard]] std::vector<Rule> parse_rule_list(std::string_view list, RuleKind kind,
                                                const std::string& source, const Groups& groups,
                                                RuleBudget& budget, Diagnostics& findings);

// The allow rule that the text is, "net.a=1"; nothing where it is none, or several.
[[nodiscard]] std::optional<Rule> parse_one_rule(std::string_view text);

// In a list that is no JSON array: where the rule that stands at `start` ends, with a separator, a
// line break or the list itself.
[[nodiscard]] std::size_t end_of_rule(std::string_view list, std::size_t start) noexcept;

// Whether somebody wrote the rule itself: it is not the runtime's, not ours, and not one that the
// name of a group stands for.
[[nodiscard]] bool is_written(const Rule& rule);

}  // namespace sg::policy
