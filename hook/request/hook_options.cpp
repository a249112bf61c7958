// SPDX-License-Identifier: Apache-2.0
// hook_options.cpp - three options, without the command line library: the hook starts for every
// container.
#include "request/hook_options.h"

#include <string_view>

#include "base/text.h"
#include "oci/open_proc_sys.h"

namespace sg::request {
namespace {

Error usage(std::string_view argument, const std::string& why) {
  return Error{
      Errc::kUsage, "argument '" + escape(argument, 64) + "': " + why,
      "correct \"args\" in the hook's registration: --policy FILE and --profile NAME are known"};
}

}  // namespace

Result<HookOptions> parse_hook_options(std::span<const std::string> arguments) {
  HookOptions options;
  if (!arguments.empty() && arguments[0] == oci::kOpenOption) {
    options.open.emplace(arguments.begin() + 1, arguments.end());
    return options;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    if (name != "--policy" && name != "--profile") {
      return usage(argument, "the hook does not know it");
    }
    std::string_view value;
    if (equals != std::string_view::npos) {
      value = argument.substr(equals + 1);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    }
    if (value.empty()) {
      return usage(argument, "a value is missing");
    }
    std::string& to = name == "--policy" ? options.node_policy_file : options.profile;
    if (!to.empty()) {
      return usage(argument, "it stands twice");
    }
    to = value;
  }
  return options;
}

}  // namespace sg::request
