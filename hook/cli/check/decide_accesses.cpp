// SPDX-License-Identifier: Apache-2.0
// decide_accesses.cpp - each access is asked of the table's bytes, as the guard walks them, and again
// with what the sysctl holds where that matters; a glob as the set of all that it covers.
#include "cli/check/decide_accesses.h"

#include <string>
#include <utility>

#include "advice/empty_grants.h"
#include "advice/refused_value.h"
#include "base/check.h"
#include "cli/check/held_number.h"
#include "compile/covered_writes.h"
#include "compile/decide.h"
#include "sysctl/sysctl_name.h"

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

// `written` is how the access is shown, where it is no line of a file.
void warn(const RequestedAccess& access, const CheckInput& input, const std::string& written,
          std::string message, std::string hint, Diagnostics& findings) {
  findings.add({.severity = Severity::kWarning,
                .source = access.is_line ? input.file_source : "access",
                .offset = access.offset,
                .text = access.is_line ? access.text : written,
                .message = std::move(message),
                .hint = std::move(hint)});
}

std::string shown_write(const RequestedAccess& access) {
  return sysctl::to_dot_form(access.name) + "=" + access.value;
}

void warn_of_unknown(const RequestedAccess& access, const std::string& why, const CheckInput& input,
                     Diagnostics& findings) {
  warn(access, input, access.name + "=" + access.value,
       "the verdict depends on the number that is there, and that is not known, which no rule with "
       "@current permits: " +
           why,
       "write --current " + sysctl::to_dot_form(access.name) + "=VALUE to say what is there",
       findings);
}

// The verdict says nothing of what would be there to write.
void warn_of_no_name(const RequestedAccess& access, const CheckInput& input,
                     Diagnostics& findings) {
  if (auto found = advice::unlikely_access(access.name, access.value, input.names_here)) {
    warn(access, input, sysctl::to_dot_form(access.name), std::move(found->message),
         std::move(found->hint), findings);
  }
}

// Nor of what the kernel does with the value.
void warn_of_value(const RequestedAccess& access, const CheckInput& input, Diagnostics& findings) {
  if (!access.write) {
    return;
  }
  if (auto refusal = advice::refused_write(access.name, access.value)) {
    warn(access, input, shown_write(access), std::move(refusal->message), std::move(refusal->hint),
         findings);
  }
}

// Nor that it could be written there.
void warn_of_not_own(const RequestedAccess& access, const CheckInput& input,
                     const advice::OwnNamespaces& own, Diagnostics& findings) {
  const std::string clause = access.write ? advice::not_own_clause(access.name, own) : "";
  if (!clause.empty()) {
    warn(access, input, shown_write(access),
         clause + ": whatever the verdict, it cannot be written there", "set it on the host",
         findings);
  }
}

AccessVerdict decide_access(const RequestedAccess& access, const CheckInput& input,
                            const request::MadePolicy& made, Diagnostics& findings) {
  const std::string value = access.is_line ? access.value + "\n" : access.value;
  compile::Access asked{.write = access.write,
                        .name = access.name,
                        .value = value,
                        .at_position_zero = is_at_zero(input.position)};
  compile::Decision decision = compile::decide(made.table, asked);
  if (!decision.needs_current) {
    return verdict_on(access, decision.verdict, decision.rule, made);
  }
  const HeldNumber held = held_number(input, access.name);
  if (held.number) {
    const std::string current = *held.number + "\n";
    asked.current = current;
    decision = compile::decide(made.table, asked);
  } else {
    warn_of_unknown(access, held.unknown, input, findings);
  }
  AccessVerdict out = verdict_on(access, decision.verdict, decision.rule, made);
  out.needs_current = true;
  out.current = held.number;
  return out;
}

// All names that a glob covers together; says which of them is not allowed.
AccessVerdict decide_glob(const RequestedAccess& access, const CheckInput& input,
                          const request::MadePolicy& made, Diagnostics& findings) {
  const Result<compile::CoveredDecision> decision =
      compile::decide_covered(made.table, {.name = access.name,
                                           .except = access.except,
                                           .value = access.value,
                                           .at_position_zero = is_at_zero(input.position)});
  if (!decision) {
    warn(access, input, access.text, decision.error().message, decision.error().hint, findings);
    return verdict_on(access, policy::Verdict::kDeny, automaton::kNoRule, made);
  }
  if (decision->verdict != policy::Verdict::kAllow && decision->example) {
    warn(
        access, input, access.text,
        "it covers " + compile::describe(*decision->example) + ", which is " +
            (decision->verdict == policy::Verdict::kDeny ? "denied" : "let through by audit alone"),
        "exclude names that are not meant (a line \"-NAME\"), or allow all that it covers",
        findings);
  }
  return verdict_on(access, decision->verdict, decision->rule, made);
}

}  // namespace

void decide_accesses(const CheckInput& input, const request::MadePolicy& made,
                     CheckReport& report) {
  Diagnostics findings;
  const advice::OwnNamespaces own = own_on(input.origin.private_namespaces, input.tested_kernel);
  for (const RequestedAccess& access : input.accesses) {
    if (!access.is_glob) {
      warn_of_no_name(access, input, findings);
      warn_of_not_own(access, input, own, findings);
    }
    warn_of_value(access, input, findings);
    report.accesses.push_back(access.is_glob ? decide_glob(access, input, made, findings)
                                             : decide_access(access, input, made, findings));
  }
  warn_of_unused_numbers(input, made.policy.rules, findings);
  findings.locate(input.file_source, input.file_text);
  report.findings.insert(report.findings.end(), findings.findings().begin(),
                         findings.findings().end());
}

}  // namespace sg::cli
