// SPDX-License-Identifier: Apache-2.0
// hooks_d.h - the file by which engines with hooks.d know of the hook (oci-hooks(5)), its place in
// a plan, and what is wrong with such files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engines/engine.h"

namespace sg::engines {

// Matches every annotation of ours, with and without "/NAME" behind it, and one behind a quote, as
// Podman from 5.0 on leaves it there: the hook refuses it, and without the hook its rules would be
// lost. Open at its end: no '.' matches a line break, so that "^...*$" would miss some keys, and
// what is not matched is not guarded.
inline constexpr std::string_view kAnnotationKeyPattern = R"(^[^a-zA-Z0-9]*io\.sysctl-guard\.)";
// Found in any value, for the same reason: a list may have a rule on each line.
inline constexpr std::string_view kAnnotationValuePattern = ".*";

struct HooksDEntry {
  std::string hook;                         // as the system will see it
  bool all_containers = false;              // else those with an annotation of ours
  bool precreate = false;                   // Podman's stage that may change config.json
  std::vector<std::string> arguments = {};  // of the hook
};

[[nodiscard]] std::string hooks_d_text(const HooksDEntry& entry);

// Adds the file to the plan, with the precreate stage unless an engine that reads the directory
// refuses that; returns the others that do. The arguments of a file that is there are kept. Errors:
// as Engine::plan; and kBadInput if a file of that name starts something else, or ours under
// conditions that somebody else wrote.
[[nodiscard]] Result<std::vector<const Engine*>> plan_hooks_d(const host::RootDir& root,
                                                              const Engine& engine,
                                                              const InstallRequest& request,
                                                              FilePlan& plan);

// Adds that it goes, from every directory where it may be, but for one that other engines alone
// read.
[[nodiscard]] Status unplan_hooks_d(const host::RootDir& root, const Engine& engine,
                                    FilePlan& plan);

// Whether one of the files starts the hook for every container.
[[nodiscard]] bool guards_all_by_hooks_d(const host::RootDir& root, const Engine& engine);

// Every hooks.d file that the engine reads: those of ours that do not start the hook as they
// should, and those of anybody's by which the engine starts no container. One check that is well if
// nothing is wrong; no registration is one check, with the remedy to install.
[[nodiscard]] std::vector<Check> check_hooks_d(const host::RootDir& root, const Engine& engine);

}  // namespace sg::engines
