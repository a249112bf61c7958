// SPDX-License-Identifier: Apache-2.0
// empty_grants.cpp - the names of rules, looked up in the table of what is not a namespace's own.
#include "advice/empty_grants.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"
#include "policy/groups.h"
#include "policy/rule_text.h"
#include "sysctl/catalogue.h"
#include "sysctl/sysctl_name.h"

namespace sg::advice {
namespace {

using policy::add_finding;
using policy::finding_about;
using policy::Groups;
using policy::Rule;
using policy::RuleKind;

}  // namespace

std::string not_own_clause(std::string_view pattern, const OwnNamespaces& own) {
  const std::optional<sysctl::Namespace> ns = sysctl::namespace_of(pattern, own.set.in_pid);
  const sysctl::NotOwn* const found = sysctl::find_not_own(pattern);
  if (!ns || !own.set.has(*ns) || found == nullptr) {
    return "";
  }
  const bool is_there =
      found->is_there && std::ranges::find(own.absent, found->name) == own.absent.end();
  return sysctl::to_dot_form(pattern) + (is_there ? " is read-only" : " does not exist") +
         " in a " + std::string(sysctl::namespace_name(*ns)) +
         " namespace of its own, which the container has";
}

void warn_empty_grants(std::span<const Rule> rules, const OwnNamespaces& own,
                       Diagnostics& findings) {
  for (const Rule& rule : rules) {
    const std::string_view group = std::string_view(rule.text).substr(0, rule.text.find(' '));
    if (rule.kind != RuleKind::kAllow || rule.text.empty() || Groups::is_built_in(group)) {
      continue;
    }
    if (const std::string clause = not_own_clause(rule.pattern, own); !clause.empty()) {
      add_finding(findings, finding_about(rule, Severity::kWarning,
                                          clause + ": the rule grants nothing there",
                                          "set it on the host, or remove the rule"));
    }
  }
}

}  // namespace sg::advice
