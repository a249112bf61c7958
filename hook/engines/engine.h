// SPDX-License-Identifier: Apache-2.0
// engine.h - an engine is declared once: its name, how it is found, what an installation plans and
// undoes, what `doctor` looks at.
//
// A new engine is one file with its `const Engine`, and its row in engines.cpp. Nobody else asks
// which engine it is.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engines/file_plan.h"
#include "engines/hooks_directories.h"
#include "engines/programs.h"
#include "host/root_dir.h"

namespace sg::engines {

struct InstallRequest {
  InstalledPrograms programs;
  std::vector<std::string> profiles;  // of the node policy
  bool all_containers = false;
  std::string base_spec;  // what `ctr oci spec` printed, for an engine that wants it
};

struct Engine {
  // Its name as users write it ("cri-o"), its program and what versions of it lack.
  KnownProgram program;
  std::string_view summary;  // what `install` makes for it, one clause
  // AppArmor's profile of containers that ask for none, and what stands before the name of another
  // where a container asks for that.
  std::string_view apparmor_profile;
  std::string_view apparmor_naming;
  bool runs_wrapper = false;        // it needs sysctl-guard-runtime as well as the hook
  bool takes_base_spec = false;     // with one it needs the hook alone, else the wrapper as well
  const HooksD* hooks_d = nullptr;  // where it reads hooks.d files; nullptr: it reads none
  // Is it installed, together with the CDI specification? nullptr: it has none of that.
  Result<bool> (*uses_cdi)(const host::RootDir&) = nullptr;

  // These are given the engine itself.

  // Adds the files of an installation to the plan, in the order in which they must be written: what
  // makes the engine start the hook comes last. Errors: kSystem and kBadInput if a file of the
  // engine cannot be read or understood, or if another's file or setting is in the way;
  // kUnsupported if the engine is told to look nowhere.
  Status (*plan)(const host::RootDir&, const Engine&, const InstallRequest&, FilePlan&);
  // Adds the same files as they were before, in the opposite order. Errors: as above; and
  // kUnsupported if the engine would not start without ours.
  Status (*unplan)(const host::RootDir&, const Engine&, FilePlan&);
  // Whether every container that the engine starts comes to the hook, or to the wrapper runtime
  // that asks the node policy: not those with annotations of ours alone.
  bool (*reaches_all)(const host::RootDir&, const Engine&);
  // Whether the engine runs the hook, with all that it needs for that; one check that is well if
  // nothing is wrong.
  std::vector<Check> (*check)(const host::RootDir&, const Engine&);

  [[nodiscard]] std::string name() const { return std::string(program.name); }
};

// Said if an installation is for all containers and is made again without asking for that: it is
// not narrowed.
inline constexpr const char* kStaysForAll =
    "it guards all containers, as it did before; to guard those with annotations alone, run "
    "--uninstall first";

// All engines, in the order in which they are shown.
[[nodiscard]] std::span<const Engine* const> all_engines() noexcept;

// The engine of that name; nullptr if there is none.
[[nodiscard]] const Engine* find_engine(std::string_view name) noexcept;

// "podman, cri-o, docker, containerd".
[[nodiscard]] std::string engine_names();
[[nodiscard]] std::vector<std::string> names_of_engines();

// One line for each engine, as the help of `install` has it: two blanks, its name, its summary.
// No newline at the end.
[[nodiscard]] std::string engine_lines();

// The plans of an engine, begun empty. Errors: those of Engine::plan and Engine::unplan.
[[nodiscard]] Result<FilePlan> plan_install(const host::RootDir& root, const Engine& engine,
                                            const InstallRequest& request);
[[nodiscard]] Result<FilePlan> plan_uninstall(const host::RootDir& root, const Engine& engine);

// The engines whose programs are there.
[[nodiscard]] std::vector<const Engine*> engines_of(const host::RootDir& root);

// The engines of which a file names the hook or our runtime: of those that are there, or, if none is,
// of all, since one file may be that of several. One whose files cannot be read or
// understood may do so: it is among them, and why it could not be told is added to `doubts`.
[[nodiscard]] std::vector<const Engine*> engines_with_hook(const host::RootDir& root,
                                                           std::vector<Error>& doubts);

// Runtimes and engines that are there, their versions, and whether each engine runs the hook;
// whether any of them does comes last.
[[nodiscard]] std::vector<Check> check_engines(const host::RootDir& root);

// For a node policy that assigns profiles: a check "assign:ENGINE" for each engine that runs the
// hook and leaves containers out.
[[nodiscard]] std::vector<Check> check_assign(const host::RootDir& root);

// The check "hook:ENGINE" of an engine that does not know the hook, and of one of whose files an
// error was met; `where` begins the message, "" for nothing.
[[nodiscard]] Check not_registered(const Engine& engine);
[[nodiscard]] Check failed_check(const Engine& engine, const std::string& where,
                                 const Error& error);

}  // namespace sg::engines
