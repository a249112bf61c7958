// SPDX-License-Identifier: Apache-2.0
// check_command.cpp - the declaration of `check`, and its annotations and accesses.
#include "cli/check/check_command.h"

#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/check/cmd_check.h"
#include "cli/commands.h"
#include "cli/option_values.h"
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
  RequestedAccess access;
  access.write = equals != std::string::npos;
  access.name = sysctl::to_slash_form(std::string_view(text).substr(0, equals));
  if (access.write) {
    access.value = text.substr(equals + 1);
  }
  if (access.name.empty()) {
    return wrong_arguments("the access '" + escape(text) + "' has no name");
  }
  return access;
}

Result<Outcome> run(const Arguments& arguments) {
  const Result<CheckOptions> options = read_check_options(arguments);
  return options ? Result<Outcome>(cmd_check(*options)) : options.error();
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

Command check_command() {
  return {
      .name = "check",
      .line = "say which accesses a policy allows, without running a container",
      .about =
          "say which accesses a policy allows, without running a container. The answer comes from "
          "the "
          "table that the kernel would walk.",
      .usage = {"[OPTION]... [ACCESS]..."},
      .details =
          "An ACCESS is NAME, a read, or NAME=VALUE, a write of VALUE. A NAME is written with dots "
          "or "
          "with slashes, as in sysctl.d(5). With no ACCESS only the policy is checked.",
      .operands = {.noun = "access", .max = SIZE_MAX},
      .options = {{"--annotation", "KEY=VALUE", "an annotation of the container; can be repeated",
                   true},
                  {"--bundle", "DIR",
                   "take annotations, linux.sysctl and namespaces from DIR/config.json; "
                   "--annotation replaces "
                   "equal keys"},
                  {"--policy", "FILE",
                   "the node policy, in place of the installed one; \"none\" for the defaults, as "
                   "where none is "
                   "installed"},
                  {"--private-ns", "LIST",
                   "the namespaces that the container has to itself: net, ipc, uts, user, with "
                   "commas between "
                   "them; empty for none; default: those of --bundle, else net,ipc,uts"},
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
      .exit_codes =
          {{kExitDone, "every access is allowed"},
           {kExitFailed, "at least one access is denied"},
           {kExitUsage,
            "the policy is invalid or beyond the node's limit, or the arguments are invalid; then "
            "nothing is printed on standard output, with --json neither"}},
      .run = run};
}

}  // namespace sg::cli
