// SPDX-License-Identifier: Apache-2.0
// cmd_check.cpp - options into an input (reads the bundle), the input into a report, and that into
// text or JSON.
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

#include "advice/empty_grants.h"
#include "advice/unlikely_names.h"
#include "advice/unlikely_values.h"
#include "base/file_io.h"
#include "base/text.h"
#include "cli/check/decide_accesses.h"
#include "cli/check/explain_excess.h"
#include "cli/check/held_number.h"
#include "cli/check/sysctl_file.h"
#include "cli/commands.h"
#include "compile/apply_limit.h"
#include "compile/compile_limit.h"
#include "compile/dangerous_grants.h"
#include "compile/ways_round.h"
#include "oci/bundle.h"
#include "policy/annotations.h"
#include "policy/container_name.h"
#include "policy/node_policy.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "request/make_policy.h"
#include "request/own_namespaces.h"

namespace sg::cli {
namespace {

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
void add_names_below(const std::string& directory, advice::NamesHere& names) {
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

// The container that a key of ours is for by its "/NAME"; empty where it is for all, or no such key.
std::string_view container_of_key(std::string_view key) {
  const bool has_prefix = key.starts_with(policy::kAnnotationPrefix);
  const std::string_view rest = has_prefix ? key.substr(policy::kAnnotationPrefix.size()) : "";
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const bool is_ours = std::ranges::find(policy::kAnnotationKeys, rest.substr(0, slash)) !=
                       policy::kAnnotationKeys.end();
  return is_ours ? rest.substr(std::min(slash + 1, rest.size())) : "";
}

// A key for one container of a pod holds only where an annotation says which container it is.
void warn_of_no_container_name(const std::map<std::string, std::string>& annotations,
                               Diagnostics& findings) {
  if (std::ranges::any_of(policy::kContainerNameKeys, [&annotations](std::string_view key) {
        return annotations.contains(std::string(key));
      })) {
    return;
  }
  for (const auto& [key, value] : annotations) {
    const std::string name = escape(container_of_key(key));
    if (!name.empty()) {
      findings.add(
          {.severity = Severity::kWarning,
           .source = "annotations",
           .text = key,
           .message = "the key holds for the container '" + name +
                      "' of a pod, and no annotation says which container this is: it is not read",
           .hint = "add --annotation " + std::string(policy::kContainerNameKeys[0]) + "=" + name});
    }
  }
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

// Everything that somebody wrote: what the container asks for, and the whole node policy, be it this
// container's or not.
std::vector<policy::Rule> written_rules(const CheckInput& input, const policy::NodePolicy& node) {
  Diagnostics known;  // mistakes that the policy has, beside which the other rules are looked at
  const policy::RuleLists asked =
      policy::parse_annotations(input.origin.annotations, node, "", known).lists;
  std::vector<const std::vector<policy::Rule>*> lists = {&node.limit.allow, &node.limit.host,
                                                         &node.limit.deny};
  for (const std::string_view group : node.groups.names()) {
    if (!policy::Groups::is_built_in(group)) {
      lists.push_back(node.groups.find(group));
    }
  }
  const auto add = [&lists](const policy::RuleLists& more) {
    lists.insert(lists.end(), {&more.allow, &more.deny, &more.deny_read});
  };
  add(asked);
  add(node.defaults);
  for (const auto& [name, profile] : node.profiles) {
    add(profile);
  }
  // A rule of a group is looked at where it stands, not where the group is named.
  std::vector<policy::Rule> written;
  for (const std::vector<policy::Rule>* const rules : lists) {
    std::ranges::copy_if(*rules, std::back_inserter(written), policy::is_written);
  }
  return written;
}

// Rules that grant nothing to a container with these namespaces.
void warn_of_empty(const request::MadePolicy& made, const CheckInput& input,
                   Diagnostics& findings) {
  const sysctl::NamespaceSet& own = input.origin.private_namespaces;
  if (input.tested_kernel) {
    warn_of_release(made.policy.rules, own, *input.tested_kernel, findings);
  }
  advice::warn_empty_grants(made.policy.rules, own_on(own, input.tested_kernel), findings);
  advice::warn_empty_patterns(made.policy.rules, own, findings);
}

// What the rules do that people should know.
void warn_of_effects(const request::MadePolicy& made, const policy::NodePolicy& node,
                     bool has_errors, Diagnostics& findings) {
  if (made.policy.rules.empty()) {
    return;  // a mistake, or several, came before
  }
  compile::warn_ways_round(made.policy, node, findings);
  compile::warn_without_effect(node.limit, findings);
  compile::warn_dangerous_grants(node.limit, compile::Dangers::kEach, findings);
  // Also where this container asks for nothing: the next one may.
  if (!has_errors && !findings.has_errors()) {
    (void)compile::compile_limit(node.limit, findings);
  }
}

// What grants nothing is no reason to permit it: of a rule beyond the limit that alone is said.
void say_empty_first(Diagnostics& findings, const Diagnostics& empty) {
  Diagnostics out;
  std::vector<const Finding*> said;
  for (Finding finding : findings.findings()) {
    const std::size_t end = finding.message.find(compile::kBeyondLimit);
    const auto found = std::ranges::find_if(empty.findings(), [&finding](const Finding& effect) {
      return effect.source == finding.source && effect.pointer == finding.pointer &&
             effect.offset == finding.offset;
    });
    if (finding.code == Errc::kBeyondLimit && end != std::string::npos &&
        found != empty.findings().end()) {
      finding.message =
          finding.message.substr(0, end + compile::kBeyondLimit.size()) + ": " + found->message;
      finding.hint = found->hint;
      said.push_back(&*found);
    }
    out.add(std::move(finding));
  }
  for (const Finding& one : empty.findings()) {
    if (std::ranges::find(said, &one) == said.end()) {
      out.add(one);
    }
  }
  findings = std::move(out);
}

// What people should know before a container meets the policy; in the hook it would cost every
// start.
void warn(const request::MadePolicy& made, const policy::NodePolicy& node, const CheckInput& input,
          Diagnostics& findings) {
  const std::vector<policy::Rule> written = written_rules(input, node);
  Diagnostics mistakes;
  if (!policy::is_full(findings)) {
    advice::warn_unlikely_names(written, input.names_here, mistakes);
    advice::warn_unlikely_values(written, mistakes);
  }
  findings = explain_excess(findings, mistakes, written, input);
  Diagnostics empty;
  warn_of_empty(made, input, empty);
  warn_of_numbers_above(written, input, empty);
  say_empty_first(findings, without_unknown(empty, mistakes, written));
  Diagnostics effects;
  warn_of_effects(made, node, findings.has_errors(), effects);
  const Diagnostics others = without_unknown(effects, mistakes, written);
  for (const Finding& finding : others.findings()) {
    findings.add(finding);
  }
}

}  // namespace

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
  input.current = options.current;
  if (options.kernel) {
    input.tested_kernel = tested_kernel(options.kernel->major, options.kernel->minor);
  } else {
    input.kernel_here.emplace();
    add_names_below("", input.names_here);
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
  warn_of_no_container_name(input.origin.annotations, findings);
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
