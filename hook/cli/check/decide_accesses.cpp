// SPDX-License-Identifier: Apache-2.0
// decide_accesses.cpp - each access is asked of the table's bytes, as the guard walks them; a glob
// as the set of all that it covers.
#include "cli/check/decide_accesses.h"

#include <string>
#include <utility>

#include "base/check.h"
#include "compile/covered_writes.h"
#include "compile/decide.h"

namespace sg::cli {
namespace {

AccessVerdict verdict_on(const RequestedAccess& access, policy::Verdict verdict,
                         automaton::RuleNumber number, const request::MadePolicy& made) {
  AccessVerdict out{.access = access, .verdict = verdict, .rule = "", .source = ""};
  if (number != automaton::kNoRule) {
    SG_CHECK(number <= made.policy.rules.size());
    const policy::Rule& rule = made.policy.rules[number - 1];
    out.rule = rule.text;
    out.source = rule.text.empty() ? "" : policy::rule_origin(rule);
  }
  return out;
}

// The guard sees the lower half of the position.
bool is_at_zero(std::uint64_t position) { return static_cast<std::uint32_t>(position) == 0; }

AccessVerdict decide_access(const RequestedAccess& access, std::uint64_t position,
                            const request::MadePolicy& made) {
  const compile::Decision decision =
      compile::decide(made.table, {.write = access.write,
                                   .name = access.name,
                                   .value = access.is_line ? access.value + "\n" : access.value,
                                   .at_position_zero = is_at_zero(position)});
  return verdict_on(access, decision.verdict, decision.rule, made);
}

// All names that a glob covers together; says which of them is not allowed.
AccessVerdict decide_glob(const RequestedAccess& access, const CheckInput& input,
                          const request::MadePolicy& made, Diagnostics& findings) {
  const Result<compile::CoveredDecision> decision =
      compile::decide_covered(made.table, {.name = access.name,
                                           .except = access.except,
                                           .value = access.value,
                                           .at_position_zero = is_at_zero(input.position)});
  const auto warn = [&](std::string message, std::string hint) {
    findings.add({.severity = Severity::kWarning,
                  .source = input.file_source,
                  .offset = access.offset,
                  .text = access.text,
                  .message = std::move(message),
                  .hint = std::move(hint)});
  };
  if (!decision) {
    warn(decision.error().message, decision.error().hint);
    return verdict_on(access, policy::Verdict::kDeny, automaton::kNoRule, made);
  }
  if (decision->verdict != policy::Verdict::kAllow && decision->example) {
    warn(
        "it covers " + compile::describe(*decision->example) + ", which is " +
            (decision->verdict == policy::Verdict::kDeny ? "denied" : "let through by audit alone"),
        "exclude names that are not meant (a line \"-NAME\"), or allow all that it covers");
  }
  return verdict_on(access, decision->verdict, decision->rule, made);
}

}  // namespace

void decide_accesses(const CheckInput& input, const request::MadePolicy& made,
                     CheckReport& report) {
  Diagnostics findings;
  for (const RequestedAccess& access : input.accesses) {
    report.accesses.push_back(access.is_glob ? decide_glob(access, input, made, findings)
                                             : decide_access(access, input.position, made));
  }
  findings.locate(input.file_source, input.file_text);
  report.findings.insert(report.findings.end(), findings.findings().begin(),
                         findings.findings().end());
}

}  // namespace sg::cli
