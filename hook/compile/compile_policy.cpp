// SPDX-License-Identifier: Apache-2.0
// compile_policy.cpp - the stages from policy to table, and what is said when one is over its budget.
#include "compile/compile_policy.h"

#include <algorithm>
#include <string>
#include <utility>

#include "automaton/minimize.h"
#include "base/text.h"
#include "compile/apply_limit.h"
#include "compile/build_nfa.h"
#include "compile/encode.h"
#include "compile/limits.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::OverBudget;
using automaton::RuleNumber;
using policy::Audit;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::Verdict;

constexpr const char* kSmallerHint =
    "use fewer '*' in one pattern, fewer alternatives, or one pattern for several names";

// A finding that names up to three rules, those with the largest cost first.
void report(const Policy& policy, std::vector<std::pair<std::size_t, std::size_t>> cost_and_rule,
            Diagnostics& findings) {
  std::stable_sort(cost_and_rule.begin(), cost_and_rule.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  Finding finding;
  finding.source = "policy";
  finding.message = "the rules together need too large a table";
  finding.hint = kSmallerHint;
  if (!cost_and_rule.empty()) {
    const Rule& worst = policy.rules[cost_and_rule.front().second];
    finding.source = worst.source.empty() ? finding.source : worst.source;
    finding.text = worst.text;
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(cost_and_rule.size(), 3); ++i) {
    finding.message += i == 0 ? "; most of it is due to " : ", ";
    finding.message += escape(policy.rules[cost_and_rule[i].second].text, 60);
  }
  findings.add(std::move(finding));
}

void report_over_budget(const Policy& policy, const OverBudget& over, Diagnostics& findings) {
  std::vector<std::pair<std::size_t, std::size_t>> cost_and_rule;
  for (std::size_t rule = 1; rule < over.states_of_rule.size(); ++rule) {
    cost_and_rule.emplace_back(over.states_of_rule[rule], rule - 1);
  }
  report(policy, std::move(cost_and_rule), findings);
}

// How large a rule is on paper: what an automaton or a table that is merely too large is blamed on.
void report_too_large(const Policy& policy, Diagnostics& findings) {
  std::vector<std::pair<std::size_t, std::size_t>> cost_and_rule;
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    cost_and_rule.emplace_back(policy.rules[i].text.size(), i);
  }
  report(policy, std::move(cost_and_rule), findings);
}

// What a rule's own number in the automaton stands for.
Verdict verdict_of(const Rule& rule, Audit audit) {
  switch (rule.kind) {
    case RuleKind::kPair:
    case RuleKind::kAllow:
    case RuleKind::kReadable:
    case RuleKind::kAllowRead:
      return Verdict::kAllow;
    case RuleKind::kDeny:
    case RuleKind::kUnmatched:
    case RuleKind::kBeyondLimit:
      return audit == Audit::kFull ? Verdict::kWouldDeny : Verdict::kDeny;
    case RuleKind::kDenyRead:
      return audit == Audit::kFull || (audit == Audit::kWithinLimit && !rule.floor)
                 ? Verdict::kWouldDeny
                 : Verdict::kDeny;
  }
  return Verdict::kDeny;
}

// By number in the automaton: those of the rules, then those of would_deny_number.
std::vector<Label> labels_of(const Policy& policy) {
  std::vector<Label> labels = {Label{}};
  for (const Rule& rule : policy.rules) {
    labels.push_back({verdict_of(rule, policy.audit), static_cast<RuleNumber>(labels.size())});
  }
  if (policy.audit == Audit::kWithinLimit) {
    for (RuleNumber rule = 1; rule <= policy.rules.size(); ++rule) {
      labels.push_back({Verdict::kWouldDeny, rule});
    }
  }
  return labels;
}

}  // namespace

std::optional<Dfa> compile_automaton(const Policy& policy, Diagnostics& findings) {
  if (policy.rules.size() > SG_RULES_MAX) {
    findings.add(Finding{.severity = Severity::kError,
                         .source = "policy",
                         .offset = 0,
                         .text = "",
                         .message = "there are " + std::to_string(policy.rules.size()) +
                                    " rules, linux.sysctl included; a table has room for " +
                                    std::to_string(SG_RULES_MAX),
                         .hint = "put \"*\" in place of many names"});
    return std::nullopt;
  }
  const automaton::Nfa nfa = build_nfa(policy);
  if (nfa.state_count() > kNfaStatesMax) {
    report_too_large(policy, findings);
    return std::nullopt;
  }
  const std::variant<Dfa, OverBudget> made = automaton::determinize(nfa, kBudget);
  if (const auto* over = std::get_if<OverBudget>(&made)) {
    report_over_budget(policy, *over, findings);
    return std::nullopt;
  }
  return automaton::minimize(std::get<Dfa>(made));
}

std::optional<std::vector<std::uint8_t>> compile_policy(const Policy& policy,
                                                        Diagnostics& findings) {
  std::optional<Dfa> dfa = compile_automaton(policy, findings);
  if (dfa && policy.limit) {
    dfa = apply_limit(*std::move(dfa), policy, findings);
  }
  if (!dfa) {
    return std::nullopt;
  }
  std::optional<std::vector<std::uint8_t>> table = encode(*dfa, labels_of(policy));
  if (!table) {
    report_too_large(policy, findings);
  }
  return table;
}

}  // namespace sg::compile
