// SPDX-License-Identifier: Apache-2.0
// check_options.cpp - the command line of `check` into its options.
#include "cli/check/check_options.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/check/access_name.h"
#include "cli/option_values.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
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
  if (name.find_first_of(" \t") != std::string_view::npos) {
    return wrong_arguments("the access '" + escape(text) +
                           "' has a blank in its name: write NAME for a read, NAME=VALUE for a "
                           "write, each access as an argument of its own");
  }
  RequestedAccess access{.write = is_write, .name = sysctl::to_slash_form(name), .value = ""};
  if (is_write) {
    access.value = text.substr(std::min(text.find_first_not_of(" \t", equals + 1), text.size()));
  }
  if (access.name.empty()) {
    return wrong_arguments("the access '" + escape(text) + "' has no name");
  }
  if (const std::optional<NoName> no_name = no_access_name(access.name, false)) {
    return wrong_arguments("the access '" + escape(text) + "' " + no_name->message + ": " +
                           no_name->hint);
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

}  // namespace sg::cli
