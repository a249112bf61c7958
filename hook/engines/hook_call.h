// SPDX-License-Identifier: Apache-2.0
// hook_call.h - a hook as JSON files of engines name it: a program and its arguments.
//
// hooks.d files, base specs and CDI specifications have the same two members for it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/json_write.h"
#include "engines/file_plan.h"
#include "engines/programs.h"
#include "host/root_dir.h"
#include "oci/bundle.h"
#include "request/hook_options.h"

namespace sg::engines {

// The members of a call of our hook, behind those of `first`; `options` are its arguments.
[[nodiscard]] Json call_json(const std::string& hook, const std::vector<std::string>& options = {},
                             std::vector<Json::Member> first = {});

// Each object of the document at that depth that has a "path" or "args", in order. Depth 1:
// {"hook": {...}}. Stage and index are not set.
[[nodiscard]] std::vector<oci::HookEntry> hook_calls(std::span<const JsonItem> items,
                                                     std::size_t depth);

// What `calls`, those of our hook in `file`, say of the policy: an administrator may have put
// `--policy` or `--profile` there, by which containers are judged, so an installation that is made
// again keeps it. Of a CDI specification, `each_profile`, the first call has no profile and the others
// have one each, which is theirs and left out. Errors, kBadInput: the calls do not agree, or the hook
// would not guard with their arguments.
[[nodiscard]] Result<request::HookOptions> options_of_calls(const std::string& file,
                                                            std::span<const oci::HookEntry> calls,
                                                            bool each_profile = false);

// The arguments that say so; none for none.
[[nodiscard]] std::vector<std::string> arguments_of(const request::HookOptions& options);

// Adds the remark "FILE keeps the hook's arguments: --policy FILE", where there are some.
void note_kept(const std::string& file, const request::HookOptions& options, FilePlan& plan);

// What is wrong with a call of our hook that `where` makes: its program cannot be run, or does not
// guard with such arguments. No check if nothing is.
[[nodiscard]] std::vector<Check> check_hook_call(const host::RootDir& root, const std::string& id,
                                                 const std::string& where,
                                                 const oci::HookEntry& call);

}  // namespace sg::engines
