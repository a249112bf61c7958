// SPDX-License-Identifier: Apache-2.0
// runtime_args.cpp - first the options in front of the subcommand, then those behind it.
//
// runc reads options as Go does, crun as GNU does: names cut short, values glued on, several
// letters in one. What both read alike is understood, which is what engines write: --name, --name
// VALUE, --name=VALUE, and -b and -d. Where a subcommand that starts a container follows or went
// before, anything else is a problem: it could make the runtime read another bundle than the one
// that was edited, or another command.
#include "oci/runtime_args.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace sg::oci {
namespace {

using Arguments = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kGlobalWithValue = {
    "cgroup-manager", "criu", "log", "log-format", "log-level", "root", "rootless"};
constexpr std::array<std::string_view, 2> kGlobalFlags = {"debug", "systemd-cgroup"};
// The runtime prints something and ends, whatever else is there.
constexpr std::array<std::string_view, 6> kPrints = {"-?",      "-h", "--help",
                                                     "--usage", "-v", "--version"};
constexpr std::array<std::string_view, 4> kHelps = {"-?", "-h", "--help", "--usage"};
// Of create, run and restore.
constexpr std::array<std::string_view, 13> kStartWithValue = {
    "bundle",       "console-socket",      "empty-ns",    "image-path", "lsm-mount-context",
    "lsm-profile",  "manage-cgroups-mode", "parent-path", "pid-file",   "pidfd-socket",
    "preserve-fds", "status-fd",           "work-path"};
constexpr std::array<std::string_view, 13> kStartFlags = {
    "auto-dedup", "detach",         "ext-unix-sk",    "file-locks",    "keep",
    "lazy-pages", "no-new-keyring", "no-pivot",       "no-sub-reaper", "no-subreaper",
    "shell-job",  "tcp-close",      "tcp-established"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

bool is_option(std::string_view argument) { return argument.size() > 1 && argument[0] == '-'; }

// A long option taken apart: `--log=x` is the name "log" with the value "x". The name is empty
// where it is none.
struct Option {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
};

Option take_apart(std::string_view argument) {
  Option option;
  if (!argument.starts_with("--")) {
    return option;
  }
  argument.remove_prefix(2);
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

// Nothing may be started.
void refuse(std::string_view argument, const char* why, RuntimeArgs& args) {
  args.problem = "the option '" + escape(argument, 64) + "' " + why;
}

// The options behind create, run or restore.
void take_start(Arguments arguments, RuntimeArgs& args) {
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string_view argument = arguments[i];
    if (!is_option(argument) || argument == "-d") {
      continue;
    }
    if (is_one_of(argument, kHelps)) {
      args.action = RuntimeAction::kPassOn;
      return;
    }
    const Option option = argument == "-b" ? Option{"bundle", {}, false} : take_apart(argument);
    if (is_one_of(option.name, kStartFlags) && !option.has_value) {
      continue;
    }
    if (!is_one_of(option.name, kStartWithValue)) {
      refuse(argument, "is not one that runc and crun read alike", args);
      return;
    }
    if (!option.has_value && i + 1 == arguments.size()) {
      refuse(argument, "has no value", args);
      return;
    }
    const std::string_view value = option.has_value ? option.value : arguments[++i];
    args.bundle = option.name == "bundle" ? std::string(value) : args.bundle;
  }
}

}  // namespace

RuntimeArgs parse_runtime_args(Arguments arguments) {
  RuntimeArgs args;
  std::size_t at = 0;
  for (; at < arguments.size() && is_option(arguments[at]) && arguments[at] != "--"; ++at) {
    if (is_one_of(arguments[at], kPrints)) {
      return args;
    }
    const Option option = take_apart(arguments[at]);
    if (is_one_of(option.name, kGlobalWithValue)) {
      if (!option.has_value && ++at == arguments.size()) {
        return args;
      }
      take_global(option.name, option.has_value ? option.value : arguments[at], args);
    } else if (!is_one_of(option.name, kGlobalFlags) || option.has_value) {
      if (may_start(arguments.subspan(at))) {
        refuse(arguments[at], "before the subcommand is unknown", args);
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

std::string runtime_log_entry(std::string_view message, bool json, std::time_t now) {
  std::array<char, 32> time{};
  std::tm parts{};
  if (::gmtime_r(&now, &parts) == nullptr ||
      std::strftime(time.data(), time.size(), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
    return runtime_log_entry(message, json, 0);  // a year of five digits
  }
  const std::string when = json_quote(time.data());
  const std::string what = json_quote(message);
  return json ? R"({"level":"error","msg":)" + what + R"(,"time":)" + when + "}\n"
              : "time=" + when + " level=error msg=" + what + "\n";
}

void append_to_log(const std::string& file, std::string_view entry) {
  constexpr mode_t kMode = 0644;  // as runc makes it
  const UniqueFd log(::open(
      file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, kMode));
  if (log.valid()) {
    // In one call, so that it stays in one piece among what others append.
    [[maybe_unused]] const ssize_t written = ::write(log.get(), entry.data(), entry.size());
  }
}

}  // namespace sg::oci
