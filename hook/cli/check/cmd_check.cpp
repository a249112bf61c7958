// SPDX-License-Identifier: Apache-2.0
// cmd_check.cpp - its command line into options, those into an input (reads the bundle), the input
// into a report, and that into text or JSON.
//
// Between input and report is the hook's own pipeline (request/make_policy.h); the verdicts are
// read from the table's bytes.
#include "cli/check/cmd_check.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/option_values.h"
#include "compile/compile_limit.h"
#include "compile/dangerous_grants.h"
#include "compile/decide.h"
#include "compile/ways_round.h"
#include "host/sysctl_tree.h"
#include "oci/bundle.h"
#include "policy/empty_grants.h"
#include "policy/node_policy.h"
#include "policy/unlikely_names.h"
#include "policy/unlikely_values.h"
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
  RequestedAccess access{.write = is_write,
                         .name = sysctl::to_slash_form(std::string_view(text).substr(0, equals)),
                         .value = is_write ? text.substr(equals + 1) : ""};
  if (access.name.empty()) {
    return wrong_arguments("the access '" + escape(text) + "' has no name");
  }
  return access;
}

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

// A report of nothing but the error that reading the bundle gave.
CheckReport report_of_bundle(const std::string& bundle, const Error& error) {
  constexpr const char* kHint = "name the directory that holds the container's config.json";
  return {.findings = {{.source = "option --bundle",
                        .text = bundle,
                        .message = error.message,
                        .hint = error.hint.empty() ? kHint : error.hint}}};
}

// What people should know before a container meets the policy; in the hook it would cost every
// start.
void warn(const request::MadePolicy& made, const policy::NodePolicy& node, const CheckInput& input,
          Diagnostics& findings) {
  if (made.policy.rules.empty()) {
    return;  // a mistake, or several, came before
  }
  for (const std::vector<policy::Rule>* const rules :
       {&made.policy.rules, &node.limit.allow, &node.limit.host, &node.limit.deny}) {
    policy::warn_unlikely_names(*rules, input.names_here, findings);
    policy::warn_unlikely_values(*rules, findings);
  }
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
  options.json = arguments.has("--json");
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
  input.origin.private_namespaces.in_pid =
      request::pid_sysctls(options.kernel.value_or(host::kernel_release()));
  input.node_policy = request::chosen_node_policy(options.node_policy);
  add_names_below("", input.names_here);
  return input;
}

CheckReport run_check(const CheckInput& input) {
  Diagnostics findings;
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
  const request::MadePolicy made = request::make_policy(input.origin, node->policy, findings);
  warn(made, node->policy, input, findings);
  if (node->text) {
    const std::string source = policy::node_source(input.node_policy.path);
    report.sources.emplace(source, *node->text);
    findings.locate(source, *node->text);
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
  for (const RequestedAccess& access : input.accesses) {
    report.accesses.push_back(decide_access(access, made));
  }
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
  const Result<CheckInput> input = read_check_input(options);
  const CheckReport report =
      input ? run_check(*input) : report_of_bundle(*options.bundle, input.error());
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

Command check_command() {
  return {
      .name = "check",
      .line = "say which accesses a policy allows, without running a container",
      .about =
          "say which accesses a policy allows, without running a container. The answer comes from "
          "the table that the kernel would walk.",
      .usage = {"[OPTION]... [ACCESS]..."},
      .details =
          "An ACCESS is NAME, a read, or NAME=VALUE, a write of VALUE. A NAME is written with dots "
          "or with slashes, as in sysctl.d(5). With no ACCESS only the policy is checked.",
      .operands = {.noun = "access", .max = SIZE_MAX},
      .options =
          {{"--annotation", "KEY=VALUE", "an annotation of the container; can be repeated", true},
           {"--bundle", "DIR",
            "take annotations, linux.sysctl and namespaces from DIR/config.json; --annotation "
            "replaces equal keys"},
           {"--policy", "FILE",
            "the node policy, in place of the installed one; \"none\" for the defaults, as where "
            "none is installed"},
           {"--private-ns", "LIST",
            "the namespaces that the container has to itself: net, ipc, uts, user, pid, with "
            "commas between them; empty for none; default: those of --bundle, else net,ipc,uts"},
           {"--kernel", "RELEASE",
            "the kernel of the node, as uname -r prints it (6.1.0-44-amd64, 6.18); default: the "
            "running one"},
           {"--json", "", kJsonHelp}},
      .examples = {{"Is a write allowed, and another value?",
                    "sysctl-guard check net.ipv4.ip_forward=1 net.ipv4.ip_forward=2 \\\n"
                    "    --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'"},
                   {"What does a deny leave, for a script?",
                    "sysctl-guard check --json --annotation 'io.sysctl-guard.allow=net.*' \\\n"
                    "    --annotation 'io.sysctl-guard.deny=net.core.*' net.core.somaxconn=1024"},
                   {"Is the policy of the bundle in this directory valid?",
                    "sysctl-guard check --bundle ."},
                   {"Is this node policy valid, and what does it let this annotation have?",
                    "sysctl-guard check --policy policy.json \\\n"
                    "    --annotation 'io.sysctl-guard.allow=vm.max_map_count=262144'"}},
      .exit_codes = {{kExitDone, "every access is allowed"},
                     {kExitFailed, "at least one access is denied"},
                     {kExitUsage,
                      "the policy is invalid or beyond the node's limit, or the arguments are "
                      "invalid; then nothing is printed on standard output, with --json neither"}},
      .run = run_with_options<read_check_options, cmd_check>};
}

}  // namespace sg::cli
