// SPDX-License-Identifier: Apache-2.0
// cmd_install.cpp - checks what must be there, makes the plan, shows it or carries it out.
#include "cli/install/cmd_install.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "base/file_io.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/install/bpf_directory.h"
#include "cli/option_values.h"
#include "engines/apparmor.h"
#include "host/own_path.h"
#include "host/root_dir.h"
#include "host/run_program.h"
#include "request/node_policy_load.h"

namespace sg::cli {
namespace {

constexpr const char* kBaseSpecHint =
    "run `ctr oci spec > FILE` where containerd is, and name the FILE with --base-spec";

// What to do is always said; where an error does not know it, by what kind of error it is.
std::string hint_for(const Error& error) {
  std::string hint = error.hint;
  if (hint.empty() && error.code == Errc::kBadInput) {
    hint = "correct the file; it is as it was";
  }
  if (error.code == Errc::kSystem && ::geteuid() != 0) {
    hint += hint.empty() ? "run it as root" : "; run it as root";
  }
  return hint.empty() ? "put that right and run it again; nothing was changed" : hint;
}

Outcome failed(const Error& error) {
  return outcome_of({error.code, error.message, hint_for(error)},
                    error.code == Errc::kUsage ? kExitUsage : kExitFailed);
}

// Without a mode that somebody has chosen, containers without annotations could write nothing.
Status require_default_mode(const InstallOptions& options,
                            const request::NodePolicySummary& policy) {
  if (!policy.default_mode) {
    return Error{
        Errc::kUnsupported,
        "--all-containers: the node policy '" + options.policy + "' " +
            (policy.exists ? "does not set default.mode" : "is not there"),
        "containers without annotations could write nothing, which breaks kube-proxy, CNI agents "
        "and nested engines: begin with {\"version\": 1, \"default\": {\"mode\": \"audit\"}}"};
  }
  return Ok{};
}

// The file that was given; "" without one.
Result<std::string> read_base_spec(const InstallOptions& options) {
  if (!options.base_spec) {
    return std::string();
  }
  Result<std::string> text = read_file(AT_FDCWD, *options.base_spec, host::kConfigFileMax);
  if (text) {
    return text;
  }
  Error error = std::move(text).error();
  error.hint = kBaseSpecHint;
  return error;
}

Result<engines::FilePlan> make_plan(const host::RootDir& root, const InstallOptions& options) {
  if (options.uninstall) {
    return engines::plan_uninstall(root, *options.engine);
  }
  const Result<std::string> own = host::own_path();
  if (!own) {
    return own.error();
  }
  const Result<engines::InstalledPrograms> programs =
      engines::installed_programs(root, options.hook, *own);
  if (!programs) {
    return programs.error();
  }
  Status ready = engines::require_program(root, programs->hook, "hook");
  if (ready &&
      (options.engine->runs_wrapper || (options.engine->takes_base_spec && !options.base_spec))) {
    ready = engines::require_program(root, programs->runtime, "runtime");
  }
  if (!ready) {
    return std::move(ready).error();
  }
  const Result<request::NodePolicySummary> policy =
      request::summarize_node_policy(root, options.policy);
  if (!policy) {
    return policy.error();
  }
  if (options.all_containers) {
    if (Status chosen = require_default_mode(options, *policy); !chosen) {
      return std::move(chosen).error();
    }
  }
  const Result<std::string> base_spec = read_base_spec(options);
  if (!base_spec) {
    return base_spec.error();
  }
  return engines::plan_install(root, *options.engine,
                               {.programs = *programs,
                                .profiles = policy->profiles,
                                .all_containers = options.all_containers,
                                .base_spec = *base_spec});
}

std::string known_engines() { return "; known are " + engines::engine_names(); }

// Their names, a line each; what could not be told, on standard error.
Outcome list_engines(const host::RootDir& root) {
  Outcome outcome;
  std::vector<Error> doubts;
  for (const engines::Engine* engine : engines::engines_with_hook(root, doubts)) {
    outcome.output += engine->name() + "\n";
  }
  for (const Error& error : doubts) {
    outcome.errors += failed(error).errors;
  }
  return outcome;
}

}  // namespace

Outcome cmd_install(const InstallOptions& options) {
  const host::RootDir root(options.root);
  if (options.list) {
    return list_engines(root);
  }
  const Result<engines::FilePlan> plan = make_plan(root, options);
  if (!plan) {
    return failed(plan.error());
  }
  const std::string profile = engines::profile_to_load(root, *options.engine, *plan);
  const std::string loading = profile.empty() ? "" : "AppArmor's profile " + profile + "\n";
  BpfDirectoryPlan directory = plan_bpf_directory(root, *options.engine, *plan, options.uninstall);
  Outcome outcome;
  if (options.dry_run) {
    outcome.output = render_bpf_directory(directory, /*dry_run=*/true) + render_dry_run(*plan) +
                     (loading.empty() ? "" : "would load " + loading);
    return outcome;
  }
  const bool is_change = changes_anything(*plan);
  if (const Status applied = apply_plan(root, *plan); !applied) {
    return failed(applied.error());
  }
  if (const Status loaded = profile.empty() ? Ok{} : engines::load_profile(profile); !loaded) {
    (void)apply_plan(root, inverse_of(*plan));  // the first error is the one to tell
    return failed(loaded.error());
  }
  apply_bpf_directory(directory);
  const std::string nothing = options.engine->name() + ": already " +
                              (options.uninstall ? "without sysctl-guard" : "installed") +
                              ", nothing written\n";
  outcome.output = render_bpf_directory(directory, /*dry_run=*/false) +
                   (loading.empty() ? "" : "loaded " + loading) +
                   (is_change ? render_done(*plan) : nothing + render_remarks(*plan));
  return outcome;
}

Result<InstallOptions> read_install_options(const Arguments& arguments) {
  const bool list = arguments.has("--list");
  if (list && !arguments.operands.empty()) {
    return wrong_arguments("--list names all engines: '" + escape(arguments.operand()) +
                           "' cannot stand here");
  }
  if (!list && arguments.operand().empty()) {
    return wrong_arguments("no engine given" + known_engines());
  }
  const engines::Engine* const engine = engines::find_engine(arguments.operand());
  if (!list && engine == nullptr) {
    return wrong_arguments("unknown engine '" + escape(arguments.operand()) + "'" +
                           known_engines());
  }
  Result<std::string> root = read_root(arguments);
  Result<std::string> policy = read_absolute_path(arguments, "--policy", request::kNodePolicyFile);
  if (!root || !policy) {
    return !root ? root.error() : policy.error();
  }
  InstallOptions options{.engine = engine,
                         .list = list,
                         .dry_run = arguments.has("--dry-run"),
                         .uninstall = arguments.has("--uninstall"),
                         .all_containers = arguments.has("--all-containers"),
                         .hook = arguments.value("--hook"),
                         .base_spec = arguments.value("--base-spec"),
                         .root = *std::move(root),
                         .policy = *std::move(policy)};
  if (options.base_spec && !engine->takes_base_spec) {
    return wrong_arguments("--base-spec is for containerd");
  }
  return options;
}

Command install_command() {
  return {
      .name = "install",
      .line = "make an engine run the hook: " + engines::engine_names(),
      .about =
          "make an engine run the hook for its containers. Says what to restart and restarts "
          "nothing.",
      .usage = {"ENGINE [OPTION]...", "--list [--root DIR]"},
      .details = "ENGINE is one of\n" + engines::engine_lines(),
      .operands = {.noun = "engine",
                   .hint = known_engines(),
                   .min = 0,
                   .max = 1,
                   .known = engines::names_of_engines()},
      .options = {{"--dry-run", "", "print what would be written, and write nothing"},
                  {"--uninstall", "", "leave the engine as it was before"},
                  {"--list", "", "print the engines that name the hook, one a line"},
                  {"--all-containers", "",
                   "guard containers without annotations too; needs a node policy with "
                   "default.mode: they can write nothing else"},
                  {"--hook", "PATH",
                   "the hook, absolute; default: the one installed with this command, "
                   "PREFIX/libexec/oci/hooks.d/sysctl-guard-hook"},
                  {"--base-spec", "FILE",
                   "for containerd: the output of `ctr oci spec`; the handler then has a base "
                   "runtime spec "
                   "with the hook, and guards every pod of the class"},
                  {"--root", "DIR",
                   "read and write the files of the system below DIR, for packages and images; "
                   "paths in them are as it will see them"},
                  {"--policy", "FILE", "the node policy; default: /etc/sysctl-guard/policy.json"}},
      .conflicts = {{"--list", "--dry-run"},
                    {"--list", "--uninstall"},
                    {"--list", "--all-containers"},
                    {"--list", "--hook"},
                    {"--list", "--base-spec"},
                    {"--list", "--policy"},
                    {"--uninstall", "--all-containers"},
                    {"--uninstall", "--hook"},
                    {"--uninstall", "--base-spec"}},
      .examples = {{"What would it do here?", "sysctl-guard install podman --dry-run"},
                   {"Do it, and use it",
                    "sudo sysctl-guard install podman\n"
                    "sudo podman run --cap-add NET_ADMIN --annotation \\\n"
                    "    'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' IMAGE"},
                   {"Put everything back", "sudo sysctl-guard install podman --uninstall"}},
      .exit_codes = {{kExitDone, "done, or there was nothing to do"},
                     {kExitFailed, "not done; the files of the engine are as they were"},
                     {kExitUsage, kUsageExit}},
      .run = run_with_options<read_install_options, cmd_install>};
}

}  // namespace sg::cli
