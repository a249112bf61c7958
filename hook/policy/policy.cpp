// SPDX-License-Identifier: Apache-2.0
// policy.cpp - the order of integers over -2^63 to 2^64 - 1, which no built-in type covers, and
// names.
//
// An integer is a sign and a magnitude. Zero is never negative, so each number has one form and the
// order agrees with equality of the fields.
#include "policy/policy.h"

#include <utility>

#include "sysctl/sysctl_name.h"

namespace sg::policy {

std::strong_ordering operator<=>(const Integer& a, const Integer& b) noexcept {
  if (a.negative != b.negative) {
    return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return a.negative ? b.magnitude <=> a.magnitude : a.magnitude <=> b.magnitude;
}

Rule unwritten_rule(RuleKind kind, std::string_view pattern) {
  Rule rule;
  rule.kind = kind;
  rule.pattern = pattern;
  return rule;
}

bool covers(const Rule& rule, std::string_view name) {
  return rule.literal ? rule.pattern == name : sysctl::pattern_matches(rule.pattern, name);
}

std::string rule_origin(const Rule& rule) {
  constexpr std::string_view kProfiles = "/profiles/";
  const std::string_view pointer = rule.pointer;
  if (pointer.starts_with(kProfiles)) {
    const std::string_view rest = pointer.substr(kProfiles.size());
    return "profile " + std::string(rest.substr(0, rest.find('/')));
  }
  if (pointer.starts_with("/default/")) {
    return "node default";
  }
  if (pointer.starts_with("/limit/")) {
    return "node limit";
  }
  return rule.source;
}

Finding finding_about(const Rule& rule, Severity severity, std::string message, std::string hint,
                      Errc code) {
  return Finding{.severity = severity,
                 .source = rule.source,
                 .offset = rule.offset,
                 .text = rule.text,
                 .message = std::move(message),
                 .hint = std::move(hint),
                 .pointer = rule.pointer,
                 .code = code};
}

std::string node_source(const std::string& file) { return "node policy " + file; }

}  // namespace sg::policy
