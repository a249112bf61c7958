// SPDX-License-Identifier: Apache-2.0
// hook_call.cpp - writes a call, gathers calls from a flat list of JSON values, and looks at each
// as the hook would.
#include "engines/hook_call.h"

#include <algorithm>

#include "oci/open_proc_sys.h"
#include "request/hook_options.h"

namespace sg::engines {
namespace {

// A hook that hangs must not hold its engine for ever; it needs milliseconds, and on a machine
// without any processor to spare seconds.
constexpr int kHookTimeoutSeconds = 30;

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
  const std::vector<std::string> arguments(call.args.begin() + (call.args.empty() ? 0 : 1),
                                           call.args.end());
  if (const Result<request::HookOptions> options = request::parse_hook_options(arguments);
      !options) {
    checks.push_back(
        {id, CheckStatus::kFailed,
         where + " starts the hook so that it guards nothing: " + options.error().message,
         options.error().hint});
  }
  return checks;
}

}  // namespace sg::engines
