// SPDX-License-Identifier: Apache-2.0
// cmd_check.cpp - its command line into options, those into an input (reads the bundle), the input
// into a report, and that into text or JSON.
//
// Between input and report is the hook's own pipeline (request/make_policy.h); the verdicts are
// read from the table's bytes.
#include "cli/check/cmd_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/file_io.h"
#include "base/text.h"
#include "cli/check/decide_accesses.h"
#include "cli/check/sysctl_file.h"
#include "cli/commands.h"
#include "cli/option_values.h"
#include "compile/compile_limit.h"
#include "compile/dangerous_grants.h"
#include "compile/ways_round.h"
#include "oci/bundle.h"
#include "policy/annotations.h"
#include "policy/empty_grants.h"
#include "policy/node_policy.h"
#include "policy/rule_text.h"
#include "policy/unlikely_names.h"
#include "policy/unlikely_values.h"
#include "policy/value_rule.h"
#include "request/make_policy.h"
#include "request/own_namespaces.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

Status add_annotation(const std::string& text, std::map<std::string, std::string>& annotations) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return wrong_arguments("--annotation: '" + escape(text) + "' is not KEY=VALUE");
  }
  const std::string key = text.substr(0, equals);
  return annotations.emplace(key, text.substr(equals + 1)).second
             ? Status(Ok{})
             : wrong_arguments("--annotation: the key '" + escape(key) + "' stands twice");
}

Result<RequestedAccess> parse_access(const std::string& text) {
  const std::size_t equals = text.find('=');
  const bool is_write = equals != std::string::npos;
  const std::string_view name = policy::trim_blanks(std::string_view(text).substr(0, equals));
  RequestedAccess access{.write = is_write, .name = sysctl::to_slash_form(name), .value = ""};
  if (is_write) {
    access.value = text.substr(std::min(text.find_first_not_of(" \t", equals + 1), text.size()));
  }
  if (access.name.empty()) {
    return wrong_arguments("the access '" + escape(text) + "' has no name");
  }
  return access;
}

// Where a sysctl holds something else than a number, no rule asks for it.
Status add_current(const std::string& text, std::map<std::string, std::string>& current) {
  const std::size_t equals = text.find('=');
  const std::string name =
      sysctl::to_slash_form(policy::trim_blanks(std::string_view(text).substr(0, equals)));
  if (equals == std::string::npos || name.empty()) {
    return wrong_arguments("--current: '" + escape(text) + "' is not NAME=VALUE");
  }
  const std::string_view value = policy::trim_blanks(std::string_view(text).substr(equals + 1));
  if (!policy::parse_integer(value)) {
    return wrong_arguments("--current: '" + escape(value) +
                           "' is no decimal number as the kernel shows it");
  }
  return current.emplace(name, value).second
             ? Status(Ok{})
             : wrong_arguments("--current: '" + escape(name) + "' stands twice");
}

Result<std::uint64_t> read_position(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("--position");
  const std::optional<std::uint64_t> position = text ? parse_decimal(*text) : 0;
  return position ? Result<std::uint64_t>(*position)
                  : wrong_arguments("--position: '" + escape(*text) +
                                    "' is no position in a file, 0 or more bytes");
}

// Where nothing is known of the container's /proc/sys, the node's audit may let more through than
// is said here.
void warn_of_full_audit(const policy::Policy& policy, CheckReport& report) {
  if (policy.audit != policy::Audit::kWithinLimit || !report.has(policy::Verdict::kDeny)) {
    return;
  }
  report.findings.push_back(Finding{
      .severity = Severity::kWarning,
      .source = "default.mode",
      .offset = 0,
      .text = "",
      .message = "audit lets through what the limit permits where sysctl-guard opened /proc/sys, "
                 "as assumed here; where it was writable before, what is denied here is would-deny",
      .hint = "name the container's bundle with --bundle to see which it is"});
}

// The names of the running kernel's sysctls below one directory.
void add_names_below(const std::string& directory, policy::NamesHere& names) {
  // More levels than any kernel has.
  constexpr std::ptrdiff_t kDepthMax = 16;
  if (std::ranges::count(directory, '/') > kDepthMax) {
    return;
  }
  for (const host::SysctlEntry& entry : host::SysctlTree().list(directory)) {
    const std::string name = directory + (directory.empty() ? "" : "/") + entry.name;
    if (entry.is_directory) {
      add_names_below(name, names);
    } else {
      names.insert(name);
    }
  }
}

// Where somebody writes the annotation now, a key that nothing will read is a mistake; in a
// container it may be somebody else's.
void find_keys_nearly_ours(const CheckInput& input, Diagnostics& findings) {
  std::map<std::string, std::string> given;
  std::map<std::string, std::string> others;
  for (const auto& annotation : input.origin.annotations) {
    (input.given.contains(annotation.first) ? given : others).insert(annotation);
  }
  policy::find_keys_nearly_ours(given, Severity::kError, findings);
  policy::find_keys_nearly_ours(others, Severity::kWarning, findings);
}

// A report of nothing but the error that reading what an option names gave.
CheckReport report_of(const char* option, const std::string& value, const Error& error,
                      const char* hint) {
  return {.findings = {{.source = std::string("option ") + option,
                        .text = value,
                        .message = error.message,
                        .hint = error.hint.empty() ? hint : error.hint}}};
}

CheckReport report_of(const CheckOptions& options) {
  Result<CheckInput> input = read_check_input(options);
  if (!input) {
    return report_of("--bundle", *options.bundle, input.error(),
                     "name the directory that holds the container's config.json");
  }
  const Status added = options.file ? add_lines_of(*options.file, *input) : Status(Ok{});
  return added ? run_check(*input)
               : report_of("--file", *options.file, added.error(),
                           "name a file of lines as in sysctl.d(5)");
}

// Of everything that somebody wrote: what the container asks for, and the whole node policy, be
// it this container's or not.
void warn_unlikely(const request::MadePolicy& made, const policy::NodePolicy& node,
                   const policy::NamesHere& names_here, Diagnostics& findings) {
  std::vector<policy::Rule> asked;
  std::ranges::copy_if(made.policy.rules, std::back_inserter(asked),
                       [file = policy::node_source(node.limit.file)](const policy::Rule& rule) {
                         return rule.source != file;
                       });
  std::vector<const std::vector<policy::Rule>*> lists = {&asked, &node.limit.allow,
                                                         &node.limit.host, &node.limit.deny};
  const auto add = [&lists](const policy::RuleLists& more) {
    lists.insert(lists.end(), {&more.allow, &more.deny, &more.deny_read});
  };
  add(node.defaults);
  for (const auto& [name, profile] : node.profiles) {
    add(profile);
  }
  for (const std::vector<policy::Rule>* const rules : lists) {
    policy::warn_unlikely_names(*rules, names_here, findings);
    policy::warn_unlikely_values(*rules, findings);
  }
}

// What people should know before a container meets the policy; in the hook it would cost every
// start.
void warn(const request::MadePolicy& made, const policy::NodePolicy& node, const CheckInput& input,
          Diagnostics& findings) {
  if (made.policy.rules.empty()) {
    return;  // a mistake, or several, came before
  }
  warn_unlikely(made, node, input.names_here, findings);
  policy::warn_empty_grants(made.policy.rules, input.origin.private_namespaces, findings);
  policy::warn_empty_patterns(made.policy.rules, input.origin.private_namespaces, findings);
  compile::warn_ways_round(made.policy, node, findings);
  compile::warn_without_effect(node.limit, findings);
  compile::warn_dangerous_grants(node.limit, compile::Dangers::kEach, findings);
  // Also where this container asks for nothing: the next one may.
  if (!findings.has_errors()) {
    (void)compile::compile_limit(node.limit, findings);
  }
}

}  // namespace

Result<CheckOptions> read_check_options(const Arguments& arguments) {
  CheckOptions options;
  options.bundle = arguments.value("--bundle");
  options.node_policy = arguments.value("--policy");
  options.file = arguments.value("--file");
  options.json = arguments.has("--json");
  const Result<std::uint64_t> position = read_position(arguments);
  if (!position) {
    return position.error();
  }
  options.position = *position;
  Result<std::optional<sysctl::NamespaceSet>> namespaces = read_private_namespaces(arguments);
  if (!namespaces) {
    return std::move(namespaces).error();
  }
  options.private_namespaces = *namespaces;
  if (const std::optional<std::string> release = arguments.value("--kernel")) {
    options.kernel = host::parse_kernel_release(*release);
    if (options.kernel == host::KernelRelease{}) {
      return wrong_arguments("--kernel: '" + escape(*release) +
                             "' is not a release of Linux, as uname -r prints it");
    }
  }
  for (const std::string& text : arguments.values("--annotation")) {
    if (Status added = add_annotation(text, options.annotations); !added) {
      return std::move(added).error();
    }
  }
  for (const std::string& text : arguments.values("--current")) {
    if (Status added = add_current(text, options.current); !added) {
      return std::move(added).error();
    }
  }
  for (const std::string& text : arguments.operands) {
    Result<RequestedAccess> access = parse_access(text);
    if (!access) {
      return std::move(access).error();
    }
    options.accesses.push_back(*std::move(access));
  }
  return options;
}

Result<CheckInput> read_check_input(const CheckOptions& options) {
  CheckInput input{.accesses = options.accesses, .position = options.position};
  input.origin.annotations = options.annotations;
  for (const auto& [key, value] : options.annotations) {
    input.given.insert(key);
  }
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
  input.origin.private_namespaces.in_pid =
      request::pid_sysctls(options.kernel.value_or(host::kernel_release()));
  input.node_policy = request::chosen_node_policy(options.node_policy);
  add_names_below("", input.names_here);
  input.current = options.current;
  if (!options.kernel) {
    input.kernel_here.emplace();
  }
  return input;
}

Status add_lines_of(const std::string& file, CheckInput& input) {
  const std::string what = file == "-" ? "standard input" : "'" + escape(file) + "'";
  Result<std::string> text = file == "-" ? read_all(STDIN_FILENO, kSysctlFileMax, what)
                                         : read_file(AT_FDCWD, file, kSysctlFileMax);
  if (!text) {
    return std::move(text).error();
  }
  input.file_source = "file " + (file == "-" ? what : file);
  input.file_text = *std::move(text);
  std::vector<RequestedAccess> lines =
      read_sysctl_lines(input.file_text, input.file_source, input.findings);
  input.accesses.insert(input.accesses.begin(), lines.begin(), lines.end());
  return Ok{};
}

CheckReport run_check(const CheckInput& input) {
  Diagnostics findings = input.findings;
  const Result<request::LoadedNodePolicy> node =
      request::load_node_policy(input.node_policy, input.origin.private_namespaces, findings);
  if (!node) {
    return {.findings = {{.source = input.node_policy.writers == host::Writers::kRootOnly
                                        ? "installed node policy"
                                        : "option --policy",
                          .text = input.node_policy.path,
                          .message = node.error().message,
                          .hint = node.error().hint}}};
  }
  CheckReport report;
  for (const auto& [key, value] : input.origin.annotations) {
    report.sources.emplace("annotation " + key, value);
  }
  find_keys_nearly_ours(input, findings);
  const request::MadePolicy made = request::make_policy(input.origin, node->policy, findings);
  warn(made, node->policy, input, findings);
  if (node->text) {
    const std::string source = policy::node_source(input.node_policy.path);
    report.sources.emplace(source, *node->text);
    findings.locate(source, *node->text);
  }
  if (!input.file_source.empty()) {
    report.sources.emplace(input.file_source, input.file_text);
    findings.locate(input.file_source, input.file_text);
  }
  report.findings = findings.findings();
  if (findings.has_errors()) {
    return report;
  }
  report.rule_count = static_cast<std::size_t>(
      std::ranges::count_if(made.policy.rules, [](const policy::Rule& rule) {
        return !rule.text.empty() && rule.source != policy::kBuiltIn &&
               rule.kind != policy::RuleKind::kBeyondLimit;
      }));
  decide_accesses(input, made, report);
  if (!input.has_bundle && !made.chose_audit) {
    warn_of_full_audit(made.policy, report);
  }
  return report;
}

int check_exit_code(const CheckReport& report) {
  if (report.has(Severity::kError)) {
    return kExitUsage;
  }
  return report.has(policy::Verdict::kDeny) ? kExitFailed : kExitDone;
}

Outcome cmd_check(const CheckOptions& options) {
  const CheckReport report = report_of(options);
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
