// SPDX-License-Identifier: Apache-2.0
// explain_excess.cpp - what the finding about the name says takes the place of the limit's reason, and
// of what else is said.
#include "cli/check/explain_excess.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "compile/apply_limit.h"
#include "policy/rule_text.h"
#include "sysctl/meant_name.h"

namespace sg::cli {
namespace {

// Of a finding or a rule.
template <typename A, typename B>
bool is_same_place(const A& a, const B& b) {
  return a.source == b.source && a.pointer == b.pointer && a.offset == b.offset;
}

// The finding about the name of the rule that `finding` is about, where no kernel has that name.
const Finding* about_unknown(const Finding& finding, const Diagnostics& names,
                             const std::vector<policy::Rule>& rules) {
  const auto found = std::ranges::find_if(
      names.findings(), [&finding](const Finding& name) { return is_same_place(name, finding); });
  const bool is_unknown = std::ranges::any_of(rules, [&finding](const policy::Rule& rule) {
    return is_same_place(rule, finding) && !sysctl::is_known_name(rule.pattern);
  });
  return found != names.findings().end() && is_unknown ? &*found : nullptr;
}

}  // namespace

Diagnostics explain_excess(const Diagnostics& findings, const Diagnostics& names,
                           const std::vector<policy::Rule>& rules) {
  Diagnostics out;
  std::vector<const Finding*> said;
  for (Finding finding : findings.findings()) {
    const std::size_t end = finding.message.find(compile::kBeyondLimit);
    const bool is_of_value = finding.message.find(compile::kOtherValues) != std::string::npos;
    const Finding* const name =
        finding.code == Errc::kBeyondLimit && end != std::string::npos && !is_of_value
            ? about_unknown(finding, names, rules)
            : nullptr;
    if (name != nullptr) {
      finding.message =
          finding.message.substr(0, end + compile::kBeyondLimit.size()) + ": " + name->message;
      finding.hint = name->hint;
      said.push_back(name);
    }
    out.add(std::move(finding));
  }
  for (const Finding& name : names.findings()) {
    if (std::ranges::find(said, &name) == said.end()) {
      policy::add_finding(out, name);
    }
  }
  return out;
}

Diagnostics without_unknown(const Diagnostics& findings, const Diagnostics& names,
                            const std::vector<policy::Rule>& rules) {
  Diagnostics out;
  for (const Finding& finding : findings.findings()) {
    if (finding.severity == Severity::kError || about_unknown(finding, names, rules) == nullptr) {
      out.add(finding);
    }
  }
  return out;
}

}  // namespace sg::cli
