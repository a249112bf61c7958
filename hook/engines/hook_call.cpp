// SPDX-License-Identifier: Apache-2.0
// hook_call.cpp - writes a call, gathers calls from a flat list of JSON values, and looks at each
// as the hook would.
#include "engines/hook_call.h"

#include <algorithm>

#include "base/text.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {
namespace {

// A hook that hangs must not hold its engine for ever; it needs milliseconds, and on a machine
// without any processor to spare seconds.
constexpr int kHookTimeoutSeconds = 30;

Result<request::HookOptions> parse_call(const oci::HookEntry& call) {
  return request::parse_hook_options(
      std::span(call.args).subspan(std::min<std::size_t>(call.args.size(), 1)));
}

Error cannot_keep(const std::string& file, const std::string& why) {
  return Error{Errc::kBadInput,
               "'" + escape(file) + "': " + why + ", so that it cannot be written anew",
               "correct its \"args\", or run --uninstall first, which removes it"};
}

}  // namespace

Json call_json(const std::string& hook, const std::vector<std::string>& options,
               std::vector<Json::Member> first) {
  Json arguments = Json::array();
  arguments.add(oci::kHookName);
  for (const std::string& option : options) {
    arguments.add(option);
  }
  first.push_back({"path", hook});
  first.push_back({"args", arguments});
  first.push_back({"timeout", kHookTimeoutSeconds});
  return Json::object(std::move(first));
}

std::vector<oci::HookEntry> hook_calls(std::span<const JsonItem> items, std::size_t depth) {
  std::vector<oci::HookEntry> calls;
  std::vector<std::string> place;  // of the last call
  for (const JsonItem& item : items) {
    const bool is_path = item.path.size() == depth + 1 && item.path[depth] == "path";
    const bool is_argument = item.path.size() == depth + 2 && item.path[depth] == "args";
    if (!is_path && !is_argument) {
      continue;
    }
    const std::vector<std::string> here(item.path.begin(),
                                        item.path.begin() + static_cast<std::ptrdiff_t>(depth));
    if (calls.empty() || here != place) {
      calls.emplace_back();
      place = here;
    }
    if (is_path) {
      calls.back().path = item.text;
    } else {
      calls.back().args.push_back(item.text);
    }
  }
  return calls;
}

Result<request::HookOptions> options_of_calls(const std::string& file,
                                              std::span<const oci::HookEntry> calls,
                                              bool each_profile) {
  std::optional<request::HookOptions> all;
  for (const oci::HookEntry& call : calls) {
    Result<request::HookOptions> options = parse_call(call);
    if (!options || options->open) {
      return cannot_keep(file, "it starts the hook so that it guards nothing");
    }
    if (each_profile) {
      if (all.has_value() == options->profile.empty()) {
        return cannot_keep(file, "its devices do not name their own profiles");
      }
      options->profile.clear();
    }
    if (all && *all != *options) {
      return cannot_keep(file, "it starts the hook with different arguments");
    }
    all = *std::move(options);
  }
  return all.value_or(request::HookOptions());
}

std::vector<std::string> arguments_of(const request::HookOptions& options) {
  std::vector<std::string> arguments;
  for (const auto& [name, value] : {std::pair{"--policy", &options.node_policy_file},
                                    std::pair{"--profile", &options.profile}}) {
    if (!value->empty()) {
      arguments.insert(arguments.end(), {name, *value});
    }
  }
  return arguments;
}

void note_kept(const std::string& file, const request::HookOptions& options, FilePlan& plan) {
  const std::vector<std::string> arguments = arguments_of(options);
  if (!arguments.empty()) {
    plan.remarks.push_back(file + " keeps the hook's arguments: " + escape(join(arguments, " ")));
  }
}

std::vector<Check> check_hook_call(const host::RootDir& root, const std::string& id,
                                   const std::string& where, const oci::HookEntry& call) {
  std::vector<Check> checks;
  if (const Status there = require_program(root, call.path, "hook"); !there) {
    checks.push_back(
        {id, CheckStatus::kFailed,
         where +
             " names a program that is not to be run, so containers start without a guard, or "
             "not at all: " +
             there.error().message,
         there.error().hint});
  }
  if (const Result<request::HookOptions> options = parse_call(call); !options) {
    checks.push_back(
        {id, CheckStatus::kFailed,
         where + " starts the hook so that it guards nothing: " + options.error().message,
         options.error().hint});
  }
  return checks;
}

}  // namespace sg::engines
