// SPDX-License-Identifier: Apache-2.0
// compile_policy.cpp - the stages from policy to table.
#include "compile/compile_policy.h"

#include <algorithm>
#include <string>
#include <utility>

#include "automaton/minimize.h"
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

constexpr const char* kTooLarge = "the rules together need too large a table";

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

// Whether the rules alone would have a table: then it is the limit they were cut to that is large.
bool has_table_without_limit(const Policy& policy) {
  Diagnostics unused;
  const std::optional<Dfa> dfa = compile_automaton(policy, unused);
  return dfa && encode(*dfa, labels_of(policy));
}

void report_table(const Policy& policy, Diagnostics& findings) {
  const auto& all = findings.findings();
  const bool is_cut = std::ranges::find(all, Errc::kBeyondLimit, &Finding::code) != all.end();
  if (is_cut && has_table_without_limit(policy)) {
    report_cut_too_large(policy, Diagnostics(findings), findings);
  } else {
    report_too_large(kTooLarge, costs_of(policy.rules), findings);
  }
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
    report_too_large(kTooLarge, costs_of(policy.rules), findings);
    return std::nullopt;
  }
  const std::variant<Dfa, OverBudget> made = automaton::determinize(nfa, kBudget);
  if (const auto* over = std::get_if<OverBudget>(&made)) {
    report_too_large(kTooLarge, costs_of(policy.rules, *over), findings);
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
    report_table(policy, findings);
  }
  return table;
}

}  // namespace sg::compile
