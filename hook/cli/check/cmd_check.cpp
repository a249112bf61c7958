// SPDX-License-Identifier: Apache-2.0
// cmd_check.cpp - `sysctl-guard check`: what a policy allows, without a container.
//
// options -> input (reads the bundle) -> report -> text or JSON. Between input and report is the
// hook's own pipeline (request/make_policy.h); the verdicts are read from the table's bytes.
#include "cli/check/cmd_check.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <unistd.h>

#include "base/check.h"
#include "cli/terminal.h"
#include "compile/compile_limit.h"
#include "compile/dangerous_grants.h"
#include "compile/decide.h"
#include "compile/ways_round.h"
#include "oci/bundle.h"
#include "policy/node_policy.h"
#include "request/make_policy.h"
#include "request/own_namespaces.h"

namespace sg::cli {
namespace {

constexpr const char* kBundleSource = "option --bundle";
constexpr const char* kBundleHint = "name the directory that holds the container's config.json";

AccessVerdict decide_access(const RequestedAccess& access, const request::MadePolicy& made) {
  const compile::Decision decision = compile::decide(
      made.table,
      compile::Access{.write = access.write, .name = access.name, .value = access.value});
  AccessVerdict verdict{.access = access, .verdict = decision.verdict, .rule = "", .source = ""};
  if (decision.rule != automaton::kNoRule) {
    SG_CHECK(decision.rule <= made.policy.rules.size());
    const policy::Rule& rule = made.policy.rules[decision.rule - 1];
    verdict.rule = rule.text;
    verdict.source = rule.text.empty() ? "" : policy::rule_origin(rule);
  }
  return verdict;
}

// Where nothing is known of the container's /proc/sys, the node's audit may let more through than
// is said here.
void warn_of_full_audit(const policy::Policy& policy, CheckReport& report) {
  if (policy.audit != policy::Audit::kWithinLimit ||
      std::ranges::find(report.accesses, policy::Verdict::kDeny, &AccessVerdict::verdict) ==
          report.accesses.end()) {
    return;
  }
  report.findings.push_back(
      Finding{.severity = Severity::kWarning,
              .source = "default.mode",
              .offset = 0,
              .text = "",
              .message = "audit lets through what the limit permits where sysctl-guard opened "
                         "/proc/sys, as assumed here; "
                         "where it was writable before, what is denied here is would-deny",
              .hint = "name the container's bundle with --bundle to see which it is"});
}

// A report of nothing but an error that reading the bundle, or the node policy, gave.
CheckReport report_of_bundle(const CheckOptions& options, const Error& error) {
  CheckReport report;
  const std::string text = options.bundle.value_or("");
  report.sources.emplace(kBundleSource, text);
  report.findings.push_back(Finding{.source = kBundleSource,
                                    .text = text,
                                    .message = error.message,
                                    .hint = error.hint.empty() ? kBundleHint : error.hint});
  return report;
}

CheckReport report_of_node_policy(const request::NodePolicyChoice& choice, const Error& error) {
  CheckReport report;
  report.sources.emplace("option --policy", choice.path);
  report.findings.push_back(Finding{.source = choice.writers == host::Writers::kRootOnly
                                                  ? "installed node policy"
                                                  : "option --policy",
                                    .text = choice.path,
                                    .message = error.message,
                                    .hint = error.hint});
  return report;
}

// What people should know before a container meets the policy; in the hook it would cost every
// start.
void warn(const request::MadePolicy& made, const policy::NodePolicy& node, Diagnostics& findings) {
  if (made.policy.rules.empty()) {
    return;  // a mistake, or several, came before
  }
  compile::warn_ways_round(made.policy, node, findings);
  compile::warn_without_effect(node.limit, findings);
  compile::warn_dangerous_grants(node.limit, findings);
  // Also where this container asks for nothing: the next one may.
  if (!findings.has_errors()) {
    (void)compile::compile_limit(node.limit, findings);
  }
}

}  // namespace

Result<CheckInput> read_check_input(const CheckOptions& options) {
  CheckInput input{.accesses = options.accesses};
  input.origin.annotations = options.annotations;
  input.origin.private_namespaces = request::kEngineNamespaces;
  if (options.bundle) {
    Result<oci::Config> config = oci::read_config(*options.bundle);
    if (!config) {
      return std::move(config).error();
    }
    input.has_bundle = true;
    input.origin.annotations.insert(config->annotations.begin(), config->annotations.end());
    input.origin.sysctl = config->sysctl;
    input.origin.private_namespaces = request::config_namespaces(*config);
    input.origin.proc_sys = request::proc_sys_of(*config);
  }
  if (options.private_namespaces) {
    input.origin.private_namespaces = *options.private_namespaces;
  }
  input.node_policy = request::chosen_node_policy(options.node_policy);
  return input;
}

CheckReport run_check(const CheckInput& input) {
  Diagnostics findings;
  const Result<request::LoadedNodePolicy> node =
      request::load_node_policy(input.node_policy, input.origin.private_namespaces, findings);
  if (!node) {
    return report_of_node_policy(input.node_policy, node.error());
  }
  CheckReport report;
  for (const auto& [key, value] : input.origin.annotations) {
    report.sources.emplace("annotation " + key, value);
  }
  const request::MadePolicy made =
      request::make_policy(input.origin, node->policy, /*container_id=*/"", findings);
  warn(made, node->policy, findings);
  if (node->text) {
    const std::string source = policy::node_source(input.node_policy.path);
    report.sources.emplace(source, *node->text);
    findings.locate(source, *node->text);
  }
  report.findings = findings.findings();
  if (findings.has_errors()) {
    return report;
  }
  for (const policy::Rule& rule : made.policy.rules) {
    const bool is_written = !rule.text.empty() && rule.source != policy::kBuiltIn &&
                            rule.kind != policy::RuleKind::kBeyondLimit;
    report.rule_count += is_written ? 1 : 0;
  }
  for (const RequestedAccess& access : input.accesses) {
    report.accesses.push_back(decide_access(access, made));
  }
  if (!input.has_bundle && !made.chose_audit) {
    warn_of_full_audit(made.policy, report);
  }
  return report;
}

int check_exit_code(const CheckReport& report) noexcept {
  for (const Finding& finding : report.findings) {
    if (finding.severity == Severity::kError) {
      return kExitUsage;
    }
  }
  for (const AccessVerdict& verdict : report.accesses) {
    if (verdict.verdict == policy::Verdict::kDeny) {
      return kExitFailed;
    }
  }
  return kExitDone;
}

Outcome cmd_check(const CheckOptions& options) {
  const Result<CheckInput> input = read_check_input(options);
  const CheckReport report = input ? run_check(*input) : report_of_bundle(options, input.error());
  Outcome outcome{.exit_code = check_exit_code(report)};
  if (options.json) {
    outcome.output = render_json(report);
  } else {
    outcome.output =
        render_table(report, wants_colour(STDOUT_FILENO), terminal_width(STDOUT_FILENO));
    outcome.errors =
        render_findings(report, wants_colour(STDERR_FILENO), terminal_width(STDERR_FILENO));
  }
  return outcome;
}

}  // namespace sg::cli
