// SPDX-License-Identifier: Apache-2.0
// containerd.cpp - version 2 in config.toml, version 3 beside it; the base spec before either.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engines/cdi.h"
#include "engines/containerd_config.h"
#include "engines/wrapper.h"

namespace sg::engines {
namespace {

constexpr std::array kTraps{VersionTrap{{1, 5, 0}, "has no base_runtime_spec", "use 1.5 or later"}};

constexpr const char* kId = "hook:containerd";
constexpr const char* kQuotedConfig = "'/etc/containerd/config.toml'";
constexpr std::string_view kHandler = "sysctl-guard";

struct Files {
  FileText config;
  std::string drop_in;  // empty where there is none
};

Result<Files> read_files(const host::RootDir& root) {
  Result<FileText> config = root.read(kContainerdConfig);
  Result<FileText> drop_in = root.read(kContainerdDropIn);
  if (!config || !drop_in) {
    return config ? drop_in.error() : config.error();
  }
  return Files{*std::move(config), (*std::move(drop_in)).value_or("")};
}

bool is_in_config(const Files& files) {
  return files.config && remove_handler(*files.config) != *files.config;
}

bool is_registered(const Files& files) {
  return is_our_drop_in(files.drop_in) || is_in_config(files);
}

bool is_our_base_spec(std::string_view text) { return !base_spec_hooks(text).empty(); }

void note_containerd(const ContainerdConfig& config, bool all_containers, FilePlan& plan) {
  if (config.version >= 3 && !config.imports_drop_in) {
    plan.remarks.push_back("containerd does not know the handler until this line is in " +
                           std::string(kContainerdConfig) +
                           ", above its first [table], and it is restarted: imports = "
                           "[\"/etc/containerd/conf.d/*.toml\"]");
  }
  if (config.version == 2 && all_containers && config.default_runtime != kHandler) {
    plan.notes.push_back(
        "add this line to the table [plugins.\"io.containerd.grpc.v1.cri\".containerd] of " +
        std::string(kContainerdConfig) +
        ", and remove it before --uninstall: default_runtime_name = \"sysctl-guard\"");
  }
  if (config.version == 2 && config.sets_cri) {
    plan.remarks.push_back(
        "a file that " + std::string(kContainerdConfig) +
        " imports sets the CRI plugin: containerd 1 then takes nothing of that plugin from "
        "config.toml, the handler neither; put its settings there");
  }
}

void note_disabled(const ContainerdConfig& config, FilePlan& plan) {
  if (config.disables_cri) {
    plan.remarks.push_back("no pod is started by the handler: disabled_plugins in " +
                           std::string(kContainerdConfig) +
                           ", or in a file that it imports, names the CRI plugin; take it out of "
                           "that list and restart containerd");
  }
}

// containerd looks for CDI devices when it starts a container, and for all else when it starts.
void note_restart(FilePlan& plan) {
  if (std::ranges::any_of(plan.changes, [](const FileChange& change) {
        return change.path != kCdiFile && change.before != change.after;
      })) {
    plan.notes.emplace_back("restart containerd: systemctl restart containerd");
  }
}

Result<ContainerdConfig> config_for(const host::RootDir& root, const std::string& text,
                                    bool all_containers) {
  Result<ContainerdConfig> config = load_containerd_config(root, text);
  if (!config) {
    return config;
  }
  if (config->obstacle) {
    return *config->obstacle;
  }
  // Another default runtime is somebody's choice; runc is what containerd has without one.
  const std::string& name = config->default_runtime;
  if (all_containers && !name.empty() && name != "runc" && name != kHandler) {
    return Error{Errc::kBadInput,
                 std::string(kQuotedConfig) + ": the default runtime is '" + escape(name) + "'",
                 "remove default_runtime_name first, or name a runtime class for each pod"};
  }
  return config;
}

// The handler must not be the default one of what stays.
Status require_not_default(const host::RootDir& root, const std::string& text) {
  const Result<ContainerdConfig> config = load_containerd_config(root, text);
  if (!config) {
    return config.error();
  }
  if (config->default_runtime != kHandler) {
    return Ok{};
  }
  return Error{Errc::kUnsupported,
               std::string(kQuotedConfig) +
                   ": default_runtime_name = \"sysctl-guard\" is there, and containerd would not "
                   "load its CRI plugin without that runtime",
               "remove that line first, from this file or from one that it imports"};
}

// How the base spec of an earlier run starts the hook, where this one writes another or its handler
// gets the wrapper in its place. That has no arguments to keep them in.
Result<request::HookOptions> options_there(const host::RootDir& root, const Files& files,
                                           bool by_wrapper) {
  const std::string& handler = is_in_config(files) ? *files.config : files.drop_in;
  if (by_wrapper && (!is_registered(files) || !wrapper_of(handler).empty())) {
    return request::HookOptions();
  }
  const Result<FileText> spec = root.read(kContainerdBaseSpec);
  Result<request::HookOptions> options =
      spec ? options_of_calls(kContainerdBaseSpec, base_spec_hooks(spec->value_or("")))
           : spec.error();
  if (by_wrapper && options && *options != request::HookOptions()) {
    return Error{Errc::kBadInput,
                 "'" + std::string(kContainerdBaseSpec) + "' gives the hook the arguments '" +
                     escape(join(arguments_of(*options), " ")) +
                     "', and the wrapper, which would take its place, has none",
                 "give the output of ctr oci spec with --base-spec, or run --uninstall first"};
  }
  return options;
}

Status plan_containerd(const host::RootDir& root, const Engine& /*engine*/,
                       const InstallRequest& request, FilePlan& plan) {
  const Result<Files> files = read_files(root);
  if (!files) {
    return files.error();
  }
  if (!files->config) {
    return Error{Errc::kBadInput, std::string(kQuotedConfig) + ": is not there",
                 "make one first: containerd config default > " + std::string(kContainerdConfig)};
  }
  const bool was_for_all = drop_in_is_for_all(files->drop_in);
  const bool all_containers = request.all_containers || was_for_all;
  const Result<ContainerdConfig> config = config_for(root, *files->config, all_containers);
  if (!config) {
    return config.error();
  }
  const bool by_wrapper = request.base_spec.empty();
  if (by_wrapper && (all_containers || config->default_runtime == kHandler)) {
    return Error{Errc::kBadInput,
                 "containerd: the handler is to be the default one, and the wrapper leaves "
                 "containers without annotations alone",
                 "give the output of ctr oci spec with --base-spec"};
  }
  const Result<request::HookOptions> options = options_there(root, *files, by_wrapper);
  if (!options) {
    return options.error();
  }
  const std::string wrapper = by_wrapper ? request.programs.runtime : "";
  Result<std::string> spec =
      by_wrapper ? Result<std::string>(std::string())
                 : base_spec_text(request.base_spec, request.programs.hook, arguments_of(*options));
  if (!spec) {
    return std::move(spec).error();
  }
  note_containerd(*config, request.all_containers, plan);
  note_disabled(*config, plan);
  if (was_for_all && !request.all_containers) {
    plan.remarks.emplace_back(kStaysForAll);
  }
  note_kept(kContainerdBaseSpec, *options, plan);
  // One of an earlier handler stays for the containers that it started, until --uninstall.
  Status planned = by_wrapper ? Status(Ok{})
                              : plan_own_file(root, plan, kContainerdBaseSpec, *std::move(spec),
                                              is_our_base_spec);
  if (planned) {
    planned = plan_cdi(root, request, plan);
  }
  if (!planned) {
    return planned;
  }
  if (config->version == 2) {
    plan.changes.push_back(
        {kContainerdConfig, files->config, add_handler(*files->config, *config, wrapper)});
  } else {
    planned = plan_own_file(root, plan, kContainerdDropIn,
                            drop_in_text(*config, all_containers, wrapper), is_our_drop_in);
  }
  note_restart(plan);
  return planned;
}

Status unplan_containerd(const host::RootDir& root, const Engine& engine, FilePlan& plan) {
  const Result<Files> files = read_files(root);
  if (!files) {
    return files.error();
  }
  if (files->config) {
    plan.changes.push_back({kContainerdConfig, files->config, remove_handler(*files->config)});
  }
  Status planned = plan_own_file(root, plan, kContainerdDropIn, std::nullopt, is_our_drop_in);
  const bool has_handler = changes_anything(plan);
  if (planned) {
    planned = plan_own_file(root, plan, kContainerdBaseSpec, std::nullopt, is_our_base_spec);
  }
  if (planned && has_handler && files->config) {
    planned = require_not_default(root, *files->config);
  }
  if (!planned) {
    return planned;
  }
  plan.notes.emplace_back("restart containerd: systemctl restart containerd");
  plan.notes.emplace_back("pods with the runtime class sysctl-guard no longer start");
  return unplan_cdi(root, engine, plan);
}

Result<bool> uses_cdi(const host::RootDir& root) {
  const Result<Files> files = read_files(root);
  return files ? Result<bool>(is_registered(*files)) : files.error();
}

bool reaches_all(const host::RootDir& root, const Engine& /*engine*/) {
  const Result<Files> files = read_files(root);
  if (!files) {
    return false;
  }
  const Result<ContainerdConfig> config = load_containerd_config(root, files->config.value_or(""));
  return drop_in_is_for_all(files->drop_in) || (config && config->default_runtime == kHandler);
}

std::vector<Check> check_containerd(const host::RootDir& root, const Engine& engine) {
  const Result<Files> files = read_files(root);
  if (!files) {
    return {failed_check(engine, "", files.error())};
  }
  const Result<ContainerdConfig> config = load_containerd_config(root, files->config.value_or(""));
  if (!is_registered(*files)) {
    if (!config || config->default_runtime != kHandler || config->obstacle) {
      return {not_registered(engine)};
    }
    return {{kId, CheckStatus::kFailed,
             std::string(kContainerdConfig) +
                 ": default_runtime_name is \"sysctl-guard\", and there is no such runtime",
             "sysctl-guard install containerd, or remove that line"}};
  }
  if (!config || config->obstacle) {
    return {failed_check(engine, "", config ? *config->obstacle : config.error())};
  }
  if (!is_in_config(*files) && !config->imports_drop_in) {
    return {{kId, CheckStatus::kFailed,
             std::string(kContainerdDropIn) +
                 " is not imported, so containerd does not know the handler",
             "write this line into " + std::string(kContainerdConfig) +
                 ", above its first [table], and restart containerd: imports = "
                 "[\"/etc/containerd/conf.d/*.toml\"]"}};
  }
  const bool in_config = is_in_config(*files);
  const std::string wrapper = wrapper_of(in_config ? *files->config : files->drop_in);
  if (!wrapper.empty()) {
    const std::string file = in_config ? kContainerdConfig : kContainerdDropIn;
    std::vector<Check> found = check_wrapper(root, engine, wrapper, file);
    check_cdi(root, engine, found);
    if (found.empty()) {
      found.push_back({kId, CheckStatus::kOk, "runtime \"sysctl-guard\" in " + file, ""});
    }
    return found;
  }
  const Result<FileText> spec = root.read(kContainerdBaseSpec);
  const std::vector<oci::HookEntry> calls =
      spec ? base_spec_hooks(spec->value_or("")) : std::vector<oci::HookEntry>();
  std::vector<Check> checks;
  if (calls.empty()) {
    checks.push_back({kId, CheckStatus::kFailed,
                      std::string(kContainerdBaseSpec) + " is missing or without the hook",
                      "sysctl-guard install containerd"});
  } else {
    checks = check_hook_call(root, kId, kContainerdBaseSpec, calls.front());
  }
  check_cdi(root, engine, checks);
  if (checks.empty()) {
    checks.push_back(
        {kId, CheckStatus::kOk, "registered by " + std::string(kContainerdBaseSpec), ""});
  }
  return checks;
}

}  // namespace

extern constexpr Engine kContainerd{
    .program = {"containerd", "containerd", kTraps},
    .summary = "the runtime handler \"sysctl-guard\", and CDI devices",
    .apparmor_profile = "cri-containerd.apparmor.d",
    .apparmor_naming =
        "appArmorProfile of type Localhost in the pod's securityContext, localhostProfile: ",
    .takes_base_spec = true,
    .uses_cdi = uses_cdi,
    .plan = plan_containerd,
    .unplan = unplan_containerd,
    .reaches_all = reaches_all,
    .check = check_containerd};

}  // namespace sg::engines
