// SPDX-License-Identifier: Apache-2.0
// cmd_check.cpp - `sysctl-guard check`: what a policy allows, without a container.
//
// options -> input (reads the bundle) -> report (pure) -> text or JSON. The stages between input
// and report are those of the hook, in its order; the verdicts are read from the table's bytes.
#include "app/check/cmd_check.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "app/node_policy_file.h"
#include "app/terminal.h"
#include "base/check.h"
#include "compile/compile_limit.h"
#include "compile/compile_policy.h"
#include "compile/dangerous_grants.h"
#include "compile/decide.h"
#include "compile/ways_round.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "policy/node_policy.h"
#include "request/config_namespaces.h"
#include "request/proc_sys.h"

namespace sg::app {
namespace {

constexpr const char* kSysctlSource = "linux.sysctl";
constexpr std::string_view kDefaultsName = "none";  // of --policy
constexpr const char* kBundleSource = "option --bundle";
constexpr const char* kBundleHint = "name the directory that holds the container's config.json";

// The texts that findings can point into.
std::map<std::string, std::string> texts_of(const CheckInput& input) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : input.annotations) {
    texts.emplace("annotation " + key, value);
  }
  if (input.node_policy) {
    texts.emplace(policy::node_source(input.node_policy_file), *input.node_policy);
  }
  return texts;
}

AccessVerdict decide_access(const RequestedAccess& access, const std::vector<std::uint8_t>& table,
                            const policy::Policy& policy) {
  const compile::Decision decision = compile::decide(
      table, compile::Access{.write = access.write, .name = access.name, .value = access.value});
  AccessVerdict verdict{.access = access, .verdict = decision.verdict, .rule = "", .source = ""};
  if (decision.rule != automaton::kNoRule) {
    SG_CHECK(decision.rule <= policy.rules.size());
    const policy::Rule& rule = policy.rules[decision.rule - 1];
    verdict.rule = rule.text;
    verdict.source = rule.text.empty() ? "" : policy::rule_origin(rule);
  }
  return verdict;
}

// The error begins with its source, which a finding shows in front of the message.
Finding finding_of_pairs(const Error& error) {
  const std::string prefix = std::string(kSysctlSource) + " ";
  const bool repeated = error.message.starts_with(prefix);
  return Finding{.severity = Severity::kError,
                 .source = kSysctlSource,
                 .offset = 0,
                 .text = "",
                 .message = error.message.substr(repeated ? prefix.size() : 0),
                 .hint = error.hint};
}

// Where nothing is known of the container's /proc/sys, the node's audit may let more through than is said here.
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

// A report of nothing but an error that reading the input gave.
CheckReport report_of_error(const CheckOptions& options, const Error& error) {
  CheckReport report;
  const bool is_node = error.code == Errc::kNodePolicy;
  const std::string source = is_node ? "option --policy" : "option --bundle";
  const std::string text =
      is_node ? options.node_policy.value_or(kNodePolicyFile) : options.bundle.value_or("");
  report.sources.emplace(source, text);
  report.findings.push_back(
      Finding{.severity = Severity::kError,
              .source = is_node && !options.node_policy ? "installed node policy" : source,
              .offset = 0,
              .text = text,
              .message = error.message,
              .hint = error.hint.empty() ? kBundleHint : error.hint});
  return report;
}

CheckReport make_report(const CheckOptions& options) {
  const Result<CheckInput> input = read_check_input(options);
  return input ? run_check(*input) : report_of_error(options, input.error());
}

// The node policy of the options, or the installed one, which is held to the hook's standards.
Status read_node_policy_into(const CheckOptions& options, CheckInput& input) {
  input.node_policy_file = kNodePolicyFile;
  if (options.node_policy == kDefaultsName) {
    return Ok{};
  }
  const bool is_named = options.node_policy.has_value();
  if (is_named) {
    input.node_policy_file = *options.node_policy;
  }
  Result<std::optional<std::string>> text = read_node_policy(
      input.node_policy_file, is_named, is_named ? Writers::kAnyone : Writers::kRootOnly);
  if (!text) {
    return std::move(text).error();
  }
  input.node_policy = *std::move(text);
  return Ok{};
}

}  // namespace

Result<CheckInput> read_check_input(const CheckOptions& options) {
  CheckInput input;
  input.annotations = options.annotations;
  input.accesses = options.accesses;
  input.private_namespaces = kDefaultNamespaces;
  if (options.bundle) {
    Result<oci::Config> config = oci::read_config(*options.bundle);
    if (!config) {
      return std::move(config).error();
    }
    input.annotations.insert(config->annotations.begin(), config->annotations.end());
    input.sysctl = config->sysctl;
    input.private_namespaces = request::config_namespaces(*config);
    input.proc_sys = request::proc_sys_of(*config);
  }
  if (options.private_namespaces) {
    input.private_namespaces = *options.private_namespaces;
  }
  if (Status read = read_node_policy_into(options, input); !read) {
    return std::move(read).error();
  }
  return input;
}

CheckReport run_check(const CheckInput& input) {
  CheckReport report;
  report.sources = texts_of(input);
  Diagnostics findings;
  const policy::NodePolicy node =
      input.node_policy
          ? policy::parse_node_policy(*input.node_policy, input.node_policy_file,
                                      input.private_namespaces, findings)
          : policy::default_node_policy(input.node_policy_file, input.private_namespaces);
  policy::Request request =
      policy::parse_annotations(input.annotations, node, /*profile=*/"", findings);
  Result<std::vector<policy::Rule>> pairs = policy::pair_rules(input.sysctl);
  if (!pairs) {
    findings.add(finding_of_pairs(pairs.error()));
  }
  std::optional<std::vector<std::uint8_t>> table;
  policy::Policy policy;
  bool is_chosen = false;  // the mode, by an annotation
  if (!findings.has_errors()) {
    request.was_open = request::settle(input.proc_sys.value_or(compile::ProcSys::kUnknown), node,
                                       request) == compile::ProcSys::kWasOpen;
    is_chosen = request.mode.has_value();
    policy = policy::merge(*std::move(pairs), node, std::move(request));
    compile::warn_ways_round(policy, node, findings);
    compile::warn_without_effect(node.limit, findings);
    compile::warn_dangerous_grants(node.limit, findings);
    // Also where this container asks for nothing: the next one may.
    if (compile::compile_limit(node.limit, findings)) {
      table = compile::compile_policy(policy, findings);
    }
  }
  if (input.node_policy) {
    findings.locate(policy::node_source(input.node_policy_file), *input.node_policy);
  }
  report.findings = findings.findings();
  if (findings.has_errors()) {
    return report;
  }
  SG_CHECK(table.has_value());
  for (const policy::Rule& rule : policy.rules) {
    const bool is_written = !rule.text.empty() && rule.source != policy::kBuiltIn &&
                            rule.kind != policy::RuleKind::kBeyondLimit;
    report.rule_count += is_written ? 1 : 0;
  }
  for (const RequestedAccess& access : input.accesses) {
    report.accesses.push_back(decide_access(access, *table, policy));
  }
  if (!input.proc_sys && !is_chosen) {
    warn_of_full_audit(policy, report);
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
  const CheckReport report = make_report(options);
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

}  // namespace sg::app
