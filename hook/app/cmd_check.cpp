// SPDX-License-Identifier: Apache-2.0
// cmd_check.cpp - `sysctl-guard check`: what a policy allows, without a container.
//
// options -> input (reads the bundle) -> report (pure) -> text or JSON. The stages between input
// and report are those of the hook, in its order; the verdicts are read from the table's bytes.
#include "app/cmd_check.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/node_policy_file.h"
#include "base/check.h"
#include "compile/compile_policy.h"
#include "compile/decide.h"
#include "policy/annotations.h"
#include "policy/merge.h"

namespace sg::app {
namespace {

constexpr const char* kSysctlSource = "linux.sysctl";
constexpr const char* kNodePolicySource = "node policy";
constexpr const char* kBundleSource = "option --bundle";
constexpr const char* kBundleHint = "name the directory that holds the container's config.json";

// True where `path` is a namespace of another inode than /proc/self/ns/<name>. Something on another
// filesystem than that of namespaces is none.
bool is_other_namespace(const std::string& path, const std::string& name) {
  struct stat own = {};
  struct stat other = {};
  if (::stat(("/proc/self/ns/" + name).c_str(), &own) != 0 || ::stat(path.c_str(), &other) != 0) {
    return false;
  }
  return own.st_dev == other.st_dev && own.st_ino != other.st_ino;
}

// `type` as config.json has it, `name` as /proc has it. A type that is listed twice is private only
// if every entry is.
bool is_private(const oci::Config& config, std::string_view type, const std::string& name) {
  bool found = false;
  for (const oci::Namespace& entry : config.namespaces) {
    if (entry.type != type) {
      continue;
    }
    if (!entry.path.empty() && !is_other_namespace(entry.path, name)) {
      return false;
    }
    found = true;
  }
  return found;
}

// The texts that findings can point into.
std::map<std::string, std::string> texts_of(const CheckInput& input) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : input.annotations) {
    texts.emplace("annotation " + key, value);
  }
  return texts;
}

AccessVerdict decide_access(const RequestedAccess& access, const std::vector<std::uint8_t>& table,
                            const policy::Policy& policy) {
  const compile::Decision decision = compile::decide(
      table, compile::Access{.write = access.write, .name = access.name, .value = access.value});
  AccessVerdict verdict{.access = access, .allow = decision.allow, .rule = "", .source = ""};
  if (decision.rule != automaton::kNoRule) {
    SG_CHECK(decision.rule <= policy.rules.size());
    const policy::Rule& rule = policy.rules[decision.rule - 1];
    verdict.rule = rule.text;
    verdict.source = rule.text.empty() ? "" : rule.source;
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

// A report of nothing but an error about `text`, which stands in `source`.
CheckReport report_of_error(const char* source, const std::string& text, const Error& error) {
  CheckReport report;
  report.sources.emplace(source, text);
  report.findings.push_back(Finding{.severity = Severity::kError,
                                    .source = source,
                                    .offset = 0,
                                    .text = text,
                                    .message = error.message,
                                    .hint = error.hint.empty() ? kBundleHint : error.hint});
  return report;
}

CheckReport make_report(const CheckOptions& options) {
  if (const Status none = require_no_node_policy(); !none) {
    return report_of_error(kNodePolicySource, kNodePolicyFile, none.error());
  }
  const Result<CheckInput> input = read_check_input(options);
  if (!input) {
    return report_of_error(kBundleSource, options.bundle.value_or(""), input.error());
  }
  return run_check(*input);
}

// Colours only where a person looks: a terminal that has them, and nobody who asked for none.
bool wants_colour(int fd) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return ::isatty(fd) == 1 && (no_colour == nullptr || *no_colour == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

}  // namespace

policy::NamespaceSet private_namespaces_of(const oci::Config& config) {
  return policy::NamespaceSet{.net = is_private(config, "network", "net"),
                              .ipc = is_private(config, "ipc", "ipc"),
                              .uts = is_private(config, "uts", "uts"),
                              .user = is_private(config, "user", "user")};
}

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
    input.private_namespaces = private_namespaces_of(*config);
  }
  if (options.private_namespaces) {
    input.private_namespaces = *options.private_namespaces;
  }
  return input;
}

CheckReport run_check(const CheckInput& input) {
  CheckReport report;
  report.sources = texts_of(input);
  Diagnostics findings;
  policy::Request request =
      policy::parse_annotations(input.annotations, input.private_namespaces, findings);
  Result<std::vector<policy::Rule>> pairs = policy::pair_rules(input.sysctl);
  if (!pairs) {
    findings.add(finding_of_pairs(pairs.error()));
  }
  std::optional<std::vector<std::uint8_t>> table;
  policy::Policy policy;
  if (!findings.has_errors()) {
    policy = policy::merge(*std::move(pairs), std::move(request));
    policy::warn_aliases(policy, findings);
    table = compile::compile_policy(policy, findings);
  }
  report.findings = findings.findings();
  if (findings.has_errors()) {
    return report;
  }
  SG_CHECK(table.has_value());
  for (const policy::Rule& rule : policy.rules) {
    report.rule_count += rule.text.empty() ? 0 : 1;
  }
  for (const RequestedAccess& access : input.accesses) {
    report.accesses.push_back(decide_access(access, *table, policy));
  }
  return report;
}

int check_exit_code(const CheckReport& report) noexcept {
  for (const Finding& finding : report.findings) {
    if (finding.severity == Severity::kError) {
      return kCheckInvalid;
    }
  }
  for (const AccessVerdict& verdict : report.accesses) {
    if (!verdict.allow) {
      return kCheckDenied;
    }
  }
  return kCheckAllowed;
}

Outcome cmd_check(const CheckOptions& options) {
  const CheckReport report = make_report(options);
  Outcome outcome{.exit_code = check_exit_code(report), .output = "", .errors = ""};
  if (options.json) {
    outcome.output = render_json(report);
  } else {
    outcome.output = render_table(report, wants_colour(STDOUT_FILENO));
    outcome.errors = render_findings(report, wants_colour(STDERR_FILENO));
  }
  return outcome;
}

}  // namespace sg::app
