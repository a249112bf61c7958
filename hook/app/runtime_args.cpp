// SPDX-License-Identifier: Apache-2.0
// runtime_args.cpp - first the options in front of the subcommand, then those behind it.
//
// runc reads options as Go does (one dash or two, --bundle=DIR, -b=DIR), crun as GNU does (-bDIR, and
// long names cut short). Both forms of both are understood for the bundle. An unknown option in front of
// the subcommand could have a value that looks like one, so nothing is started behind it.
#include "app/runtime_args.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sg::app {
namespace {

using Arguments = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kGlobalWithValue = {
    "cgroup-manager", "criu", "log", "log-format", "log-level", "root", "rootless"};
constexpr std::array<std::string_view, 2> kGlobalFlags = {"debug", "systemd-cgroup"};
// The runtime prints something and ends, whatever else is there: in front of the subcommand, and behind it.
constexpr std::array<std::string_view, 6> kPrints = {"?", "h", "help", "usage", "v", "version"};
constexpr std::array<std::string_view, 4> kHelps = {"?", "h", "help", "usage"};
constexpr std::array<std::string_view, 12> kStartWithValue = {
    "console-socket", "empty-ns",     "image-path",    "lsm-mount-context",
    "lsm-profile",    "manage-cgroups-mode", "parent-path", "pid-file",
    "pidfd-socket",   "preserve-fds", "status-fd",     "work-path"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

bool is_option(std::string_view argument) { return argument.size() > 1 && argument[0] == '-'; }

// An option taken apart: `--log=x` is the name "log" with the value "x".
struct Option {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
  bool is_long = false;  // two dashes
};

Option take_apart(std::string_view argument) {
  Option option;
  option.is_long = argument.starts_with("--");
  argument.remove_prefix(option.is_long ? 2 : 1);
  const std::size_t equals = argument.find('=');
  option.has_value = equals != std::string_view::npos;
  option.name = argument.substr(0, equals);
  option.value = option.has_value ? argument.substr(equals + 1) : std::string_view{};
  return option;
}

RuntimeAction action_of(std::string_view command) {
  if (command == "create" || command == "run") {
    return RuntimeAction::kStart;
  }
  return command == "restore" ? RuntimeAction::kRestore : RuntimeAction::kPassOn;
}

bool may_start(Arguments arguments) {
  return std::ranges::any_of(arguments, [](std::string_view argument) {
    return action_of(argument) != RuntimeAction::kPassOn;
  });
}

void take_global(std::string_view name, std::string_view value, RuntimeArgs& args) {
  constexpr std::string_view kFile = "file:";
  if (name == "log-format") {
    args.log_json = value == "json";
  } else if (name == "log") {
    const bool no_file = value.starts_with("journald:") || value.starts_with("syslog:");
    value.remove_prefix(value.starts_with(kFile) ? kFile.size() : 0);
    args.log_file = no_file ? "" : std::string(value);
  }
}

// Whether it is the bundle in any form, given the value attached to it: -b, -b=DIR, -bDIR, --bundle, --bu=DIR.
bool is_bundle(const Option& option, std::string_view argument, std::string_view& attached) {
  constexpr std::string_view kBundle = "bundle";
  attached = option.value;
  if (option.name.empty()) {
    return false;
  }
  if (option.name == kBundle || (option.is_long && kBundle.starts_with(option.name)) ||
      option.name == "b") {
    return true;
  }
  attached = argument.substr(std::min<std::size_t>(2, argument.size()));
  return !option.is_long && option.name[0] == 'b';
}

// crun's: another file in place of the bundle's config.json.
bool is_other_config(const Option& option) {
  constexpr std::string_view kConfig = "config";
  return option.name == "f" || (!option.is_long && option.name.starts_with('f')) ||
         (option.name.size() > 3 && kConfig.starts_with(option.name));
}

// The options behind create, run or restore.
void take_start(Arguments arguments, RuntimeArgs& args) {
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (!is_option(arguments[i])) {
      continue;
    }
    const Option option = take_apart(arguments[i]);
    std::string_view bundle;
    if (is_one_of(option.name, kHelps)) {
      args.action = RuntimeAction::kPassOn;
      return;
    }
    if (is_bundle(option, arguments[i], bundle)) {
      const bool attached = option.has_value || !bundle.empty();
      if (!attached && i + 1 == arguments.size()) {
        args.problem = "the option '" + escape(arguments[i], 64) + "' has no value";
        return;
      }
      args.bundle = attached ? bundle : arguments[++i];
    } else if (is_other_config(option)) {
      args.problem = "a configuration beside the bundle's ('" + escape(arguments[i], 64) +
                     "') could start without a guard";
    } else if (!option.has_value && is_one_of(option.name, kStartWithValue)) {
      ++i;
    } else if (!option.is_long && option.name.size() > 1 && option.name[0] == 'd' &&
               option.name != "detach") {
      args.problem = "'" + escape(arguments[i], 64) + "' could be several options in one";
    }
  }
}

}  // namespace

RuntimeArgs parse_runtime_args(Arguments arguments) {
  RuntimeArgs args;
  std::size_t at = 0;
  for (; at < arguments.size() && is_option(arguments[at]) && arguments[at] != "--"; ++at) {
    const Option option = take_apart(arguments[at]);
    if (is_one_of(option.name, kPrints)) {
      return args;
    }
    if (is_one_of(option.name, kGlobalWithValue)) {
      if (!option.has_value && ++at == arguments.size()) {
        return args;
      }
      take_global(option.name, option.has_value ? option.value : arguments[at], args);
    } else if (!option.has_value && !is_one_of(option.name, kGlobalFlags)) {
      if (may_start(arguments.subspan(at))) {
        args.problem = "the option '" + escape(arguments[at], 64) + "' before the subcommand is unknown";
        args.action = RuntimeAction::kStart;
      }
      return args;
    }
  }
  at += at < arguments.size() && arguments[at] == "--" ? 1 : 0;
  if (at < arguments.size()) {
    args.action = action_of(arguments[at]);
    if (args.action != RuntimeAction::kPassOn) {
      take_start(arguments.subspan(at + 1), args);
    }
  }
  return args;
}

}  // namespace sg::app
