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

void warn_empty_grants(std::span<const Rule> rules, const sysctl::NamespaceSet& own,
                       Diagnostics& findings) {
  for (const Rule& rule : rules) {
    const std::optional<sysctl::Namespace> ns = sysctl::namespace_of(rule.pattern, own.in_pid);
    const auto found = std::ranges::find(sysctl::names_not_own(), std::string_view(rule.pattern),
                                         &sysctl::NotOwn::name);
    const std::string_view group = std::string_view(rule.text).substr(0, rule.text.find(' '));
    if (rule.kind != RuleKind::kAllow || rule.text.empty() || Groups::is_built_in(group) || !ns ||
        !own.has(*ns) || found == sysctl::names_not_own().end()) {
      continue;
    }
    const std::string name = sysctl::to_dot_form(found->name);
    add_finding(findings,
                finding_about(rule, Severity::kWarning,
                              name + (found->is_there ? " is read-only" : " does not exist") +
                                  " in a " + std::string(sysctl::namespace_name(*ns)) +
                                  " namespace of its own, which the container has: the rule grants "
                                  "nothing there",
                              "set it on the host, or remove the rule"));
  }
}

}  // namespace sg::advice
