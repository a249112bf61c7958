// SPDX-License-Identifier: Apache-2.0
// compile_limit.cpp - (allow ∩ private namespaces) ∪ host, less deny: the design's formula, as it
// stands.
#include "compile/compile_limit.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "automaton/minimize.h"
#include "automaton/set_algebra.h"
#include "compile/build_nfa.h"
#include "compile/limits.h"
#include "sysctl/namespace_of.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using policy::Rule;

std::vector<Rule> rules_of(std::span<const std::string_view> patterns) {
  std::vector<Rule> rules;
  for (const std::string_view pattern : patterns) {
    rules.push_back(policy::unwritten_rule(policy::RuleKind::kAllow, pattern));
  }
  return rules;
}

std::vector<Rule> rules_of_namespaces(const sysctl::NamespaceSet& namespaces) {
  std::vector<Rule> rules;
  for (const sysctl::Namespace ns : sysctl::kNamespaces) {
    const std::vector<Rule> more = namespaces.has(ns)
                                       ? rules_of(sysctl::namespace_patterns(ns, namespaces.in_pid))
                                       : std::vector<Rule>();
    rules.insert(rules.end(), more.begin(), more.end());
  }
  return rules;
}

std::optional<Dfa> compile_formula(const policy::Limit& limit) {
  const std::optional<Dfa> allow = compile_rules(limit.allow);
  const std::optional<Dfa> own = compile_rules(rules_of_namespaces(limit.private_namespaces));
  if (!allow || !own) {
    return std::nullopt;
  }
  std::optional<Dfa> set = automaton::intersection(*allow, *own, kProductBudget);
  if (set && limit.private_namespaces.net) {  // all of the shared names look like that namespace's
    const std::optional<Dfa> shared = compile_rules(rules_of(sysctl::shared_names()));
    set = shared ? automaton::difference(*set, *shared, kProductBudget) : std::nullopt;
  }
  if (set && !limit.host.empty()) {
    const std::optional<Dfa> host = compile_rules(limit.host);
    set = host ? automaton::unite(*set, *host, kProductBudget) : std::nullopt;
  }
  if (set && !limit.deny.empty()) {
    const std::optional<Dfa> deny = compile_rules(limit.deny);
    set = deny ? automaton::difference(*set, *deny, kProductBudget) : std::nullopt;
  }
  return set;
}

}  // namespace

void warn_without_effect(const policy::Limit& limit, Diagnostics& findings) {
  policy::Limit every = limit;
  every.private_namespaces = {.net = true,
                              .ipc = true,
                              .uts = true,
                              .user = true,
                              .pid = true,
                              .in_pid = limit.private_namespaces.in_pid};
  every.host.clear();
  every.deny.clear();
  for (const Rule& rule : limit.allow) {
    every.allow = {rule};
    const std::optional<Dfa> reached = compile_formula(every);
    if (reached && automaton::is_empty(*reached)) {
      findings.add(policy::finding_about(
          rule, Severity::kWarning,
          "this has no effect: limit.allow reaches sysctls of namespaces, and this is the host's",
          "move it to limit.host if containers shall have it", Errc::kNodePolicy));
    }
  }
}

std::optional<Dfa> compile_limit(const policy::Limit& limit, Diagnostics& findings) {
  std::optional<Dfa> set = compile_formula(limit);
  if (!set) {
    std::vector<Rule> rules = limit.allow;
    rules.insert(rules.end(), limit.host.begin(), limit.host.end());
    rules.insert(rules.end(), limit.deny.begin(), limit.deny.end());
    report_too_large("the rules of the limit need too large an automaton", costs_of(rules),
                     findings);
    return std::nullopt;
  }
  std::vector<automaton::RuleNumber> one(
      std::max({limit.allow.size(), limit.host.size(), limit.deny.size()}) + 1, 1);
  one[0] = automaton::kNoRule;
  return automaton::minimize(automaton::relabel(*std::move(set), one));
}

}  // namespace sg::compile
