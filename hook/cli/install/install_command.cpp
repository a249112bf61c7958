// SPDX-License-Identifier: Apache-2.0
// install_command.cpp - the declaration of `install`, and the engine that is meant.
#include "cli/install/install_command.h"

#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/option_values.h"

namespace sg::cli {
namespace {

std::string known_engines() { return "; known are " + engines::engine_names(); }

Result<Outcome> run(const Arguments& arguments) {
  const Result<InstallOptions> options = read_install_options(arguments);
  return options ? Result<Outcome>(cmd_install(*options)) : options.error();
}

}  // namespace

Result<InstallOptions> read_install_options(const Arguments& arguments) {
  const engines::Engine* const engine = engines::find_engine(arguments.operand());
  if (engine == nullptr) {
    return wrong_arguments("unknown engine '" + escape(arguments.operand()) + "'" +
                           known_engines());
  }
  Result<std::string> root = read_absolute_path(arguments, "--root", "/");
  Result<std::string> policy = read_absolute_path(arguments, "--policy", request::kNodePolicyFile);
  if (!root || !policy) {
    return !root ? root.error() : policy.error();
  }
  InstallOptions options{.engine = engine,
                         .dry_run = arguments.has("--dry-run"),
                         .uninstall = arguments.has("--uninstall"),
                         .all_containers = arguments.has("--all-containers"),
                         .hook = arguments.value("--hook"),
                         .base_spec = arguments.value("--base-spec"),
                         .root = *std::move(root),
                         .policy = *std::move(policy)};
  if (options.base_spec && !options.engine->wants_base_spec) {
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
      .usage = {"ENGINE [OPTION]..."},
      .details = "ENGINE is one of\n" + engines::engine_lines(),
      .operands = {.noun = "engine", .hint = known_engines(), .min = 1, .max = 1},
      .options = {{"--dry-run", "", "print what would be written, and write nothing"},
                  {"--uninstall", "", "leave the engine as it was before"},
                  {"--all-containers", "",
                   "guard containers without annotations too; needs a node policy with "
                   "default.mode: they can "
                   "write nothing else"},
                  {"--hook", "PATH",
                   "the hook, absolute; default: the one installed with this command, "
                   "PREFIX/libexec/oci/hooks.d/sysctl-guard-hook"},
                  {"--base-spec", "FILE",
                   "for containerd: the output of `ctr oci spec`, where there is no ctr to ask"},
                  {"--root", "DIR",
                   "read and write the files of the system below DIR, for packages and images; "
                   "paths in them "
                   "are as it will see them"},
                  {"--policy", "FILE", "the node policy; default: /etc/sysctl-guard/policy.json"}},
      .conflicts = {{"--uninstall", "--all-containers"},
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
                     {kExitUsage, "wrong arguments"}},
      .run = run};
}

}  // namespace sg::cli
