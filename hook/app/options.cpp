// SPDX-License-Identifier: Apache-2.0
// options.cpp - the only file that knows the command line library (CLI11).
//
// The library finds options and their values; what they mean is decided below, on the raw strings.
// It throws; nothing of that leaves parse_options. Its help is not used: the texts below are the
// same with every version of it, fit 80 columns, and show examples.
#include "app/options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "policy/sysctl_name.h"

namespace sg::app {
namespace {

constexpr const char* kHelp =
    R"(sysctl-guard: which kernel parameters a container may read and write

Usage: sysctl-guard COMMAND [OPTION]...

Commands:
  check      say which accesses a policy allows, without running a container
  install    make an engine run the hook: podman, cri-o, docker, containerd
  doctor     say whether a guarded container would work on this host
  events     show what containers were refused, now or as it happens
  list       the containers that have a guard, and what was denied and allowed
  show       the policy of one container, rule by rule
  metrics    the same numbers for Prometheus
  learn      from what was refused, the smallest annotation that permits it
  update     change the policy of a running container
  detach     take the guard off a running container
  version    print the version

Options:
  -h, --help     print this help; after a command, the help of that command
      --version  print the version

Examples:
  sysctl-guard check --help
  sysctl-guard check --annotation 'io.sysctl-guard.allow=net.ipv4.*' \
      net.ipv4.ip_forward=1

Exit codes:
  0  done
  2  wrong arguments; the codes of a command are in its help
)";

constexpr const char* kCheckHelp =
    R"(sysctl-guard check: say which accesses a policy allows, without running a
container. The answer comes from the table that the kernel would walk.

Usage: sysctl-guard check [OPTION]... [ACCESS]...

An ACCESS is NAME, a read, or NAME=VALUE, a write of VALUE. A NAME is written
with dots or with slashes, as in sysctl.d(5). With no ACCESS only the policy is
checked.

Options:
  --annotation KEY=VALUE  an annotation of the container; can be repeated
  --bundle DIR            take annotations, linux.sysctl and namespaces from
                          DIR/config.json; --annotation replaces equal keys
  --policy FILE           the node policy, in place of the installed one; "none"
                          for the defaults, as where none is installed
  --private-ns LIST       the namespaces that the container has to itself: net,
                          ipc, uts, user, with commas between them; empty for
                          none; default: those of --bundle, else net,ipc,uts
  --json                  print one JSON document
  -h, --help              print this help

Examples:
  Is a write allowed, and another value?
    sysctl-guard check net.ipv4.ip_forward=1 net.ipv4.ip_forward=2 \
        --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'
  What does a deny leave, for a script?
    sysctl-guard check --json --annotation 'io.sysctl-guard.allow=net.*' \
        --annotation 'io.sysctl-guard.deny=net.core.*' net.core.somaxconn=1024
  Is the policy of the bundle in this directory valid?
    sysctl-guard check --bundle .
  Is this node policy valid, and what does it let this annotation have?
    sysctl-guard check --policy policy.json \
        --annotation 'io.sysctl-guard.allow=vm.max_map_count=262144'

Exit codes:
  0  every access is allowed
  1  at least one access is denied
  2  the policy is invalid or beyond the node's limit, or the arguments are
     invalid; then nothing is printed on standard output, with --json neither
)";

constexpr const char* kVersionHelp =
    R"(sysctl-guard version: print the version of sysctl-guard and of the tables that
it writes and reads.

Usage: sysctl-guard version [--json]

Options:
  --json      print one JSON document
  -h, --help  print this help

Examples:
  sysctl-guard version
  sysctl-guard version --json

Exit codes:
  0  done
  2  wrong arguments
)";

constexpr std::array<std::string_view, 11> kCommands{
    "check", "install", "doctor", "events", "list", "show", "metrics", "learn", "update", "detach", "version"};
constexpr std::array<std::string_view, 4> kNamespaces{"net", "ipc", "uts", "user"};
constexpr std::array<std::string_view, 4> kValueOptions{"--annotation", "--bundle", "--policy",
                                                         "--private-ns"};

Error usage_error(std::string message, const std::string& command = "") {
  return Error{Errc::kUsage, std::move(message),
               "see sysctl-guard " + (command.empty() ? "" : command + " ") + "--help"};
}

std::string quote_text(std::string_view text) { return "'" + escape(text) + "'"; }

std::string did_you_mean(std::string_view text, std::span<const std::string_view> candidates) {
  const std::optional<std::string_view> near = nearest(text, candidates);
  return near ? "; did you mean " + quote_text(*near) + "?" : "";
}

// The form in which the library hands every argument through unchanged, last argument first, as it
// wants them. "--private-ns=" becomes two arguments, or the library would take the next one as the
// value. "[a,b]" is a list to the library; no name begins with '['.
Result<std::vector<std::string>> library_arguments(std::span<const std::string> arguments,
                                                   const std::string& command) {
  std::vector<std::string> out;
  for (const std::string& argument : arguments) {
    if (argument.starts_with('[') && argument.ends_with(']')) {
      return usage_error("no name begins with '[': " + quote_text(argument), command);
    }
    const auto* const option =
        std::find_if(kValueOptions.begin(), kValueOptions.end(), [&](std::string_view name) {
          return argument.size() == name.size() + 1 && argument.starts_with(name) &&
                 argument.ends_with('=');
        });
    if (option != kValueOptions.end()) {
      out.emplace_back(*option);
      out.emplace_back();
    } else {
      out.push_back(argument);
    }
  }
  std::reverse(out.begin(), out.end());
  return out;
}

// An option whose values are read from it after parsing; the library converts nothing.
CLI::Option* add_raw_option(CLI::App& app, const std::string& name, const std::string& value) {
  return app.add_option(name, [](const CLI::results_t&) { return true; })->type_name(value);
}

Status parse(CLI::App& app, std::span<const std::string> arguments, const std::string& command) {
  Result<std::vector<std::string>> usable = library_arguments(arguments, command);
  if (!usable) {
    return std::move(usable).error();
  }
  try {
    app.parse(std::move(*usable));
  } catch (const CLI::Error& error) {
    std::string text = error.what();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return usage_error(escape(text), command);
  }
  return Ok{};
}

Result<policy::NamespaceSet> read_namespaces(std::string_view list) {
  std::string_view unknown;
  if (const std::optional<policy::NamespaceSet> set = policy::parse_namespaces(list, unknown)) {
    return *set;
  }
  return usage_error("--private-ns: unknown namespace " + quote_text(unknown) +
                         "; known are net, ipc, uts, user" + did_you_mean(unknown, kNamespaces),
                     "check");
}

Status add_annotation(const std::string& text, std::map<std::string, std::string>& annotations) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return usage_error("--annotation: " + quote_text(text) + " is not KEY=VALUE", "check");
  }
  const std::string key = text.substr(0, equals);
  if (!annotations.emplace(key, text.substr(equals + 1)).second) {
    return usage_error("--annotation: the key " + quote_text(key) + " stands twice", "check");
  }
  return Ok{};
}

Result<RequestedAccess> parse_access(const std::string& text) {
  const std::size_t equals = text.find('=');
  RequestedAccess access;
  access.write = equals != std::string::npos;
  access.name = policy::to_slash_form(std::string_view(text).substr(0, equals));
  if (access.write) {
    access.value = text.substr(equals + 1);
  }
  if (access.name.empty()) {
    return usage_error("the access " + quote_text(text) + " has no name", "check");
  }
  return access;
}

Result<Invocation> parse_check(std::span<const std::string> arguments) {
  CLI::App app;
  app.set_help_flag("");
  const CLI::Option* const help = app.add_flag("-h,--help")->disable_flag_override();
  const CLI::Option* const json = app.add_flag("--json")->disable_flag_override();
  const CLI::Option* const bundle = add_raw_option(app, "--bundle", "DIR");
  const CLI::Option* const node_policy = add_raw_option(app, "--policy", "FILE");
  const CLI::Option* const namespaces = add_raw_option(app, "--private-ns", "LIST");
  CLI::Option* const annotations = add_raw_option(app, "--annotation", "KEY=VALUE");
  // One value for each time it is given: the arguments after that are accesses.
  annotations->expected(-1)->allow_extra_args(false);
  annotations->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  CLI::Option* const accesses = add_raw_option(app, "ACCESS", "NAME[=VALUE]");
  accesses->expected(-1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);

  if (Status parsed = parse(app, arguments, "check"); !parsed) {
    return std::move(parsed).error();
  }
  if (help->count() > 0) {
    return Invocation{HelpOptions{kCheckHelp}};
  }
  CheckOptions options;
  options.json = json->count() > 0;
  if (bundle->count() > 0) {
    options.bundle = bundle->results().front();
  }
  if (node_policy->count() > 0) {
    options.node_policy = node_policy->results().front();
  }
  if (namespaces->count() > 0) {
    Result<policy::NamespaceSet> set = read_namespaces(namespaces->results().front());
    if (!set) {
      return std::move(set).error();
    }
    options.private_namespaces = *set;
  }
  for (const std::string& text : annotations->results()) {
    if (Status added = add_annotation(text, options.annotations); !added) {
      return std::move(added).error();
    }
  }
  for (const std::string& text : accesses->results()) {
    Result<RequestedAccess> access = parse_access(text);
    if (!access) {
      return std::move(access).error();
    }
    options.accesses.push_back(*std::move(access));
  }
  return Invocation{std::move(options)};
}

Result<Invocation> parse_version(std::span<const std::string> arguments) {
  CLI::App app;
  app.set_help_flag("");
  const CLI::Option* const help = app.add_flag("-h,--help")->disable_flag_override();
  const CLI::Option* const json = app.add_flag("--json")->disable_flag_override();
  if (Status parsed = parse(app, arguments, "version"); !parsed) {
    return std::move(parsed).error();
  }
  if (help->count() > 0) {
    return Invocation{HelpOptions{kVersionHelp}};
  }
  return Invocation{VersionOptions{json->count() > 0}};
}

// The options of a command, or its help where that was asked for.
template <typename Options>
Result<Invocation> with_help(Result<std::optional<Options>> options, const char* help) {
  if (!options) {
    return std::move(options).error();
  }
  return *options ? Invocation{**std::move(options)} : Invocation{HelpOptions{help}};
}

}  // namespace

Result<Invocation> parse_options(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    return usage_error("no command given");
  }
  const std::string& first = arguments.front();
  const std::span<const std::string> rest = arguments.subspan(1);
  if (first == "check") {
    return parse_check(rest);
  }
  if (first == "learn") {
    return with_help(parse_learn(rest), kLearnHelp);
  }
  if (first == "update") {
    return with_help(parse_update(rest), kUpdateHelp);
  }
  if (first == "detach") {
    return with_help(parse_detach(rest), kDetachHelp);
  }
  if (first == "install") {
    return with_help(parse_install(rest), kInstallHelp);
  }
  if (first == "doctor") {
    return with_help(parse_doctor(rest), kDoctorHelp);
  }
  if (first == "events") {
    return with_help(parse_events(rest), kEventsHelp);
  }
  if (first == "list") {
    return with_help(parse_list(rest), kListHelp);
  }
  if (first == "show") {
    return with_help(parse_show(rest), kShowHelp);
  }
  if (first == "metrics") {
    return with_help(parse_metrics(rest), kMetricsHelp);
  }
  if (first == "version") {
    return parse_version(rest);
  }
  if (first != "-h" && first != "--help" && first != "--version") {
    const std::string kind = first.starts_with('-') ? "option " : "command ";
    return usage_error("unknown " + kind + quote_text(first) + did_you_mean(first, kCommands));
  }
  if (!rest.empty()) {
    return usage_error("nothing can stand after " + first + ": " + quote_text(rest.front()));
  }
  if (first == "--version") {
    return Invocation{VersionOptions{}};
  }
  return Invocation{HelpOptions{kHelp}};
}

}  // namespace sg::app
