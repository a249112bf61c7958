// SPDX-License-Identifier: Apache-2.0
// explain_excess.cpp - what the finding about the name says takes the place of the limit's reason.
#include "cli/check/explain_excess.h"

#include <algorithm>
#include <string>
#include <utility>

#include "compile/apply_limit.h"
#include "sysctl/meant_name.h"

namespace sg::cli {
namespace {

bool is_same_place(const Finding& a, const Finding& b) {
  return a.source == b.source && a.pointer == b.pointer && a.offset == b.offset;
}

}  // namespace

Diagnostics explain_excess(const Diagnostics& findings, const std::vector<policy::Rule>& rules) {
  std::vector<Finding> all = findings.findings();
  for (Finding& excess : all) {
    const std::size_t end = excess.message.find(compile::kBeyondLimit);
    if (excess.code != Errc::kBeyondLimit || end == std::string::npos) {
      continue;
    }
    const auto is_unknown = [&](const policy::Rule& rule) {
      return rule.source == excess.source && rule.pointer == excess.pointer &&
             rule.offset == excess.offset && !sysctl::is_known_name(rule.pattern);
    };
    const auto about_name = std::ranges::find_if(all, [&](const Finding& other) {
      return other.code != Errc::kBeyondLimit && other.severity == Severity::kWarning &&
             is_same_place(other, excess);
    });
    if (about_name != all.end() && std::ranges::any_of(rules, is_unknown)) {
      excess.message =
          excess.message.substr(0, end + compile::kBeyondLimit.size()) + ": " + about_name->message;
      excess.hint = about_name->hint;
      about_name->message.clear();
    }
  }
  Diagnostics out;
  for (Finding& finding : all) {
    if (!finding.message.empty()) {
      out.add(std::move(finding));
    }
  }
  return out;
}

}  // namespace sg::cli
