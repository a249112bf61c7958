// SPDX-License-Identifier: Apache-2.0
// engine_options.cpp - what the options of `install` and `doctor` mean, and their help texts.
#include "app/install/engine_options.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/arguments.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::array<OptionForm, 8> kInstallForms{{{"--dry-run", false},
                                                   {"--uninstall", false},
                                                   {"--all-containers", false},
                                                   {"--hook", true},
                                                   {"--base-spec", true},
                                                   {"--root", true},
                                                   {"--policy", true},
                                                   {"--help", false}}};
constexpr std::array<OptionForm, 4> kDoctorForms{
    {{"--json", false}, {"--root", true}, {"--policy", true}, {"--help", false}}};

std::optional<std::string> value_of(const Arguments& arguments, std::string_view name) {
  const auto found = arguments.options.find(name);
  return found == arguments.options.end() ? std::nullopt
                                          : std::optional<std::string>(found->second);
}

Error wrong_engine(const Arguments& arguments) {
  if (arguments.operands.empty()) {
    return wrong_arguments("no engine given; known are " + engines::engine_names(), "install");
  }
  if (arguments.operands.size() > 1) {
    return wrong_arguments("one engine at a time: '" + escape(arguments.operands[1]) + "'",
                           "install");
  }
  return wrong_arguments("unknown engine '" + escape(arguments.operands[0]) + "'; known are " +
                             engines::engine_names(),
                         "install");
}

// --root and --policy, which both commands have. Errors: a relative one means another file
// tomorrow.
Status read_paths(const Arguments& arguments, const std::string& command, std::string& root,
                  std::string& policy) {
  root = value_of(arguments, "--root").value_or(root);
  policy = value_of(arguments, "--policy").value_or(policy);
  for (const std::string* path : {&root, &policy}) {
    if (!path->starts_with('/')) {
      return wrong_arguments(std::string(path == &root ? "--root" : "--policy") + ": '" +
                                 escape(*path) + "' is not an absolute path",
                             command);
    }
  }
  return Ok{};
}

}  // namespace

const char* const kInstallHelp =
    R"(sysctl-guard install: make an engine run the hook for its containers. Says what
to restart and restarts nothing.

Usage: sysctl-guard install ENGINE [OPTION]...

ENGINE is one of
  podman      a file in its hooks directory
  cri-o       a file in its hooks directory
  docker      the runtime "sysctl-guard" in daemon.json, and CDI devices
  containerd  the runtime handler "sysctl-guard", and CDI devices
Options:
  --dry-run         print what would be written, and write nothing
  --uninstall       leave the engine as it was before
  --all-containers  guard containers without annotations too; needs a node
                    policy with default.mode: they can write nothing else
  --hook PATH       the hook, absolute; default: the one installed with this
                    command, PREFIX/libexec/oci/hooks.d/sysctl-guard-hook
  --base-spec FILE  for containerd: the output of `ctr oci spec`, where there is
                    no ctr to ask
  --root DIR        read and write the files of the system below DIR, for
                    packages and images; paths in them are as it will see them
  --policy FILE     the node policy; default: /etc/sysctl-guard/policy.json
  -h, --help        print this help

Examples:
  What would it do here?
    sysctl-guard install podman --dry-run
  Do it, and use it
    sudo sysctl-guard install podman
    sudo podman run --cap-add NET_ADMIN --annotation \
        'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' IMAGE
  Put everything back
    sudo sysctl-guard install podman --uninstall

Exit codes:
  0  done, or there was nothing to do
  1  not done; the files of the engine are as they were
  2  wrong arguments
)";

const char* const kDoctorHelp =
    R"(sysctl-guard doctor: say what this host can do and what is missing, each with
its remedy. Changes nothing but for a cgroup that is gone at the end. As root it
guards itself and looks what happens.

Usage: sysctl-guard doctor [OPTION]...

Options:
  --json         print one JSON document
  --root DIR     look at the files of the system below DIR; this kernel, and no
                 program of DIR is run
  --policy FILE  the node policy; default: /etc/sysctl-guard/policy.json
  -h, --help     print this help

Examples:
  Would a guarded container work here?
    sudo sysctl-guard doctor
  What is wrong, for a script
    sudo sysctl-guard doctor --json | jq '.checks[] | select(.remedy != null)'

Exit codes:
  0  a guarded container would work
  1  it would not, or that could not be found out
  2  wrong arguments
)";

Result<std::optional<InstallOptions>> parse_install(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kInstallForms, "install");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<InstallOptions>();
  }
  InstallOptions options;
  options.engine =
      arguments->operands.size() == 1 ? engines::find_engine(arguments->operands[0]) : nullptr;
  if (options.engine == nullptr) {
    return wrong_engine(*arguments);
  }
  options.dry_run = arguments->has("--dry-run");
  options.uninstall = arguments->has("--uninstall");
  options.all_containers = arguments->has("--all-containers");
  options.hook = value_of(*arguments, "--hook");
  options.base_spec = value_of(*arguments, "--base-spec");
  if (Status paths = read_paths(*arguments, "install", options.root, options.policy); !paths) {
    return std::move(paths).error();
  }
  for (const std::string_view name : {"--all-containers", "--hook", "--base-spec"}) {
    if (options.uninstall && arguments->has(name)) {
      return wrong_arguments("--uninstall and " + std::string(name) + " do not go together",
                             "install");
    }
  }
  if (options.base_spec && !options.engine->wants_base_spec) {
    return wrong_arguments("--base-spec is for containerd", "install");
  }
  return std::optional<InstallOptions>(std::move(options));
}

Result<std::optional<DoctorOptions>> parse_doctor(std::span<const std::string> words) {
  const Result<Arguments> arguments = read_arguments(words, kDoctorForms, "doctor");
  if (!arguments) {
    return arguments.error();
  }
  if (arguments->has("--help")) {
    return std::optional<DoctorOptions>();
  }
  if (!arguments->operands.empty()) {
    return wrong_arguments(
        "nothing to look at by the name '" + escape(arguments->operands.front()) + "'", "doctor");
  }
  DoctorOptions options;
  options.json = arguments->has("--json");
  if (Status paths = read_paths(*arguments, "doctor", options.root, options.policy); !paths) {
    return std::move(paths).error();
  }
  return std::optional<DoctorOptions>(std::move(options));
}

}  // namespace sg::app
