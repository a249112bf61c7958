// SPDX-License-Identifier: Apache-2.0
// apply_limit.cpp - the excess is a difference of sets, cutting it off is a union.
//
// The policy's automaton names the rule that decides, so "what `allow` permits and `deny` does not"
// is the set of its words whose rule is one of `allow`. The runtime's own pairs come first in it
// and are so exempt.
#include "compile/apply_limit.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "automaton/minimize.h"
#include "automaton/set_algebra.h"
#include "base/check.h"
#include "compile/compile_limit.h"
#include "compile/excess.h"
#include "compile/limits.h"
#include "compile/too_large.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;
using policy::Audit;
using policy::OnExcess;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;

// Numbers for automaton::relabel: n for each rule n that `keep` holds for, none for the others.
template <typename Keep>
std::vector<RuleNumber> numbers_where(const Policy& policy, Keep keep) {
  std::vector<RuleNumber> numbers = {automaton::kNoRule};
  for (const Rule& rule : policy.rules) {
    numbers.push_back(keep(rule) ? static_cast<RuleNumber>(numbers.size()) : automaton::kNoRule);
  }
  return numbers;
}

bool is_allow(const Rule& rule) { return rule.kind == RuleKind::kAllow; }

// What an audit that an annotation chose may let through.
bool is_audited(const Rule& rule) {
  return (rule.kind == RuleKind::kDeny && !rule.floor) || rule.kind == RuleKind::kUnmatched;
}

RuleNumber number_of_kind(const Policy& policy, RuleKind kind) {
  const auto found = std::ranges::find(policy.rules, kind, &Rule::kind);
  SG_CHECK(found != policy.rules.end());
  return static_cast<RuleNumber>(found - policy.rules.begin()) + 1;
}

std::optional<Dfa> too_large(const Policy& policy, Diagnostics& findings) {
  report_too_large("the rules and the node's limit together need too large an automaton",
                   costs_with_limit(policy), findings);
  return std::nullopt;
}

// The words of `excess` become those of the rule kBeyondLimit.
std::optional<Dfa> cut(const Dfa& dfa, Dfa excess, const Policy& policy) {
  std::vector<RuleNumber> beyond(policy.rules.size() + 1,
                                 number_of_kind(policy, RuleKind::kBeyondLimit));
  beyond[0] = automaton::kNoRule;
  return automaton::unite(automaton::relabel(std::move(excess), beyond), dfa, kProductBudget);
}

void append(Diagnostics& findings, const Diagnostics& more) {
  for (const Finding& finding : more.findings()) {
    findings.add(finding);
  }
}

// Denied writes within `limit` get the number of a would-deny; those beyond it, and whatever no
// rule matches there, are denied.
std::optional<Dfa> audit_within(const Dfa& dfa, const Dfa& limit, const Policy& policy,
                                Diagnostics& findings) {
  std::vector<RuleNumber> audited = numbers_where(policy, is_audited);
  for (RuleNumber& number : audited) {
    number = number == automaton::kNoRule ? number : would_deny_number(number, policy);
  }
  const std::vector<RuleNumber> others =
      numbers_where(policy, [](const Rule& rule) { return rule.kind != RuleKind::kUnmatched; });
  const std::optional<Dfa> within =
      automaton::intersection(automaton::relabel(dfa, audited), limit, kProductBudget);
  std::optional<Dfa> result =
      within ? automaton::unite(*within, automaton::relabel(dfa, others), kProductBudget)
             : std::nullopt;
  return result ? result : too_large(policy, findings);
}

}  // namespace

std::optional<Dfa> apply_limit(Dfa dfa, const Policy& policy, Diagnostics& findings) {
  SG_CHECK(policy.limit.has_value());
  const bool asks = std::ranges::any_of(policy.rules, is_allow);
  const bool audits_within = policy.audit == Audit::kWithinLimit;
  if (!asks && !audits_within) {
    return dfa;
  }
  const std::optional<Dfa> limit = compile_limit(*policy.limit, findings);
  if (!limit) {
    return std::nullopt;
  }
  automaton::Beginning excess = automaton::beginning_of_difference(
      automaton::relabel(dfa, numbers_where(policy, is_allow)), *limit, kProductBudget);
  Diagnostics shown;
  const bool is_real = !automaton::is_empty(excess.dfa) && report_excess(excess.dfa, policy, shown);
  // Each write that is shown is beyond the limit, whole or not.
  if (is_real && policy.on_excess == OnExcess::kRefuse) {
    append(findings, shown);
    return std::nullopt;
  }
  if (!excess.is_whole) {
    if (is_real) {
      report_cut_too_large(policy, shown, findings);
      return std::nullopt;
    }
    return too_large(policy, findings);
  }
  append(findings, shown);
  std::optional<Dfa> result = std::move(dfa);
  bool is_changed = false;
  if (is_real) {
    result = cut(*result, std::move(excess.dfa), policy);
    is_changed = true;
    if (!result) {
      report_cut_too_large(policy, shown, findings);
    }
  }
  if (result && audits_within) {
    result = audit_within(*result, *limit, policy, findings);
    is_changed = true;
  }
  return result && is_changed ? automaton::minimize(*result) : std::move(result);
}

}  // namespace sg::compile
