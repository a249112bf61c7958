// SPDX-License-Identifier: Apache-2.0
// containerd.cpp - version 2 in config.toml, version 3 beside it; the base spec before either.
#include <array>
#include <optional>

#include "base/text.h"
#include "engines/cdi.h"
#include "engines/containerd_config.h"

namespace sg::engines {

extern const Engine kContainerd;

namespace {

constexpr std::array kTraps{VersionTrap{{1, 5, 0}, "has no base_runtime_spec", "use 1.5 or later"}};

constexpr const char* kId = "hook:containerd";
constexpr std::string_view kHandler = "sysctl-guard";

std::string quoted(std::string_view path) { return "'" + std::string(path) + "'"; }

bool is_our_base_spec(std::string_view text) { return !base_spec_hooks(text).empty(); }

void note_containerd(const ContainerdConfig& config, bool all_containers, FilePlan& plan) {
  if (config.version >= 3 && !config.imports_drop_in) {
    plan.notes.push_back(
        "add this line to " + std::string(kContainerdConfig) +
        ", above its first [table]: imports = [\"/etc/containerd/conf.d/*.toml\"]");
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
  plan.notes.emplace_back("restart containerd: systemctl restart containerd");
}

// Another default runtime is somebody's choice; runc is what containerd has without one.
Status check_default(const ContainerdConfig& config) {
  const std::string& name = config.default_runtime;
  if (name.empty() || name == "runc" || name == kHandler) {
    return Ok{};
  }
  return Error{Errc::kBadInput,
               quoted(kContainerdConfig) + ": the default runtime is '" + escape(name) + "'",
               "remove default_runtime_name first, or name a runtime class for each pod"};
}

Result<ContainerdConfig> config_for(const host::RootDir& root, const std::string& text,
                                    bool all_containers) {
  Result<ContainerdConfig> config = load_containerd_config(root, remove_handler(text));
  if (!config) {
    return config;
  }
  if (config->obstacle) {
    return *config->obstacle;
  }
  Status fits = all_containers ? check_default(*config) : Status(Ok{});
  return fits ? std::move(config) : std::move(fits).error();
}

// The handler must not be the default one of what stays.
Status require_not_default(const host::RootDir& root, const std::string& text) {
  const Result<ContainerdConfig> config = load_containerd_config(root, remove_handler(text));
  if (!config) {
    return config.error();
  }
  if (config->default_runtime != kHandler) {
    return Ok{};
  }
  return Error{Errc::kUnsupported,
               quoted(kContainerdConfig) +
                   ": default_runtime_name = \"sysctl-guard\" is there, and containerd would not "
                   "load its CRI plugin without that runtime",
               "remove that line first, from this file or from one that it imports"};
}

Status plan_containerd(const host::RootDir& root, const InstallRequest& request, FilePlan& plan) {
  const Result<std::optional<std::string>> text = root.read(std::string(kContainerdConfig));
  const Result<std::optional<std::string>> drop_in = root.read(std::string(kContainerdDropIn));
  if (!text || !drop_in) {
    return text ? drop_in.error() : text.error();
  }
  if (!*text) {
    return Error{Errc::kBadInput, quoted(kContainerdConfig) + ": is not there",
                 "make one first: containerd config default > " + std::string(kContainerdConfig)};
  }
  const bool was_for_all = drop_in_is_for_all(drop_in->value_or(""));
  const bool all_containers = request.all_containers || was_for_all;
  const Result<ContainerdConfig> config = config_for(root, **text, all_containers);
  if (!config) {
    return config.error();
  }
  Result<std::string> spec = base_spec_text(request.base_spec, request.programs.hook);
  if (!spec) {
    return std::move(spec).error();
  }
  note_containerd(*config, request.all_containers, plan);
  if (was_for_all && !request.all_containers) {
    plan.remarks.emplace_back(kStaysForAll);
  }
  Status planned = plan_own_file(root, plan, std::string(kContainerdBaseSpec), *std::move(spec),
                                 is_our_base_spec);
  if (planned) {
    planned = plan_cdi(root, request, plan);
  }
  if (!planned) {
    return planned;
  }
  return config->version == 2
             ? plan_file(root, plan, std::string(kContainerdConfig), add_handler(**text, *config))
             : plan_own_file(root, plan, std::string(kContainerdDropIn),
                             drop_in_text(*config, all_containers), is_our_drop_in);
}

Status unplan_containerd(const host::RootDir& root, FilePlan& plan) {
  const Result<std::optional<std::string>> text = root.read(std::string(kContainerdConfig));
  if (!text) {
    return text.error();
  }
  Status planned = Ok{};
  if (*text) {
    planned = plan_file(root, plan, std::string(kContainerdConfig), remove_handler(**text));
  }
  if (planned) {
    planned =
        plan_own_file(root, plan, std::string(kContainerdDropIn), std::nullopt, is_our_drop_in);
  }
  const bool has_handler = changes_anything(plan);
  if (planned) {
    planned =
        plan_own_file(root, plan, std::string(kContainerdBaseSpec), std::nullopt, is_our_base_spec);
  }
  if (planned && has_handler && *text) {
    planned = require_not_default(root, **text);
  }
  if (!planned) {
    return planned;
  }
  plan.notes.emplace_back("restart containerd: systemctl restart containerd");
  plan.notes.emplace_back("pods with the runtime class sysctl-guard no longer start");
  return unplan_cdi(root, kContainerd, plan);
}

Result<bool> uses_cdi(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(std::string(kContainerdConfig));
  const Result<std::optional<std::string>> drop_in = root.read(std::string(kContainerdDropIn));
  if (!text || !drop_in) {
    return text ? drop_in.error() : text.error();
  }
  return is_our_drop_in(drop_in->value_or("")) || (*text && remove_handler(**text) != **text);
}

std::vector<Check> check_containerd(const host::RootDir& root) {
  const Result<std::optional<std::string>> text = root.read(std::string(kContainerdConfig));
  const Result<std::optional<std::string>> drop_in = root.read(std::string(kContainerdDropIn));
  if (!text || !drop_in) {
    return {failed_check(kContainerd, "", text ? drop_in.error() : text.error())};
  }
  const std::string file = text->value_or("");
  const bool in_file = remove_handler(file) != file;
  const bool is_registered = in_file || is_our_drop_in(drop_in->value_or(""));
  const Result<ContainerdConfig> config = load_containerd_config(root, remove_handler(file));
  if (!is_registered && config && config->default_runtime == "sysctl-guard" && !config->obstacle) {
    return {{kId, CheckStatus::kFailed,
             std::string(kContainerdConfig) +
                 ": default_runtime_name is \"sysctl-guard\", and there is no such runtime",
             "sysctl-guard install containerd, or remove that line"}};
  }
  if (!is_registered) {
    return {not_registered(kContainerd)};
  }
  if (!config || config->obstacle) {
    return {failed_check(kContainerd, "", config ? *config->obstacle : config.error())};
  }
  if (!in_file && !config->imports_drop_in) {
    return {{kId, CheckStatus::kFailed,
             std::string(kContainerdDropIn) +
                 " is not imported, so containerd does not know the handler",
             "write this line into " + std::string(kContainerdConfig) +
                 ", above its first [table], and restart containerd: imports = "
                 "[\"/etc/containerd/conf.d/*.toml\"]"}};
  }
  const Result<std::optional<std::string>> spec = root.read(std::string(kContainerdBaseSpec));
  const std::vector<oci::HookEntry> calls =
      spec ? base_spec_hooks(spec->value_or("")) : std::vector<oci::HookEntry>();
  std::vector<Check> checks;
  if (calls.empty()) {
    checks.push_back({kId, CheckStatus::kFailed,
                      std::string(kContainerdBaseSpec) + " is missing or without the hook",
                      "sysctl-guard install containerd"});
  } else {
    checks = check_hook_call(root, kId, std::string(kContainerdBaseSpec), calls.front());
  }
  check_cdi(root, kContainerd, checks);
  if (checks.empty()) {
    checks.push_back(
        {kId, CheckStatus::kOk, "registered by " + std::string(kContainerdBaseSpec), ""});
  }
  return checks;
}

}  // namespace

constexpr Engine kContainerd{.program = {"containerd", "containerd", kTraps},
                             .summary = "the runtime handler \"sysctl-guard\", and CDI devices",
                             .apparmor_profile = "cri-containerd.apparmor.d",
                             .apparmor_remedy = "appArmorProfile in the pod's securityContext",
                             .wants_base_spec = true,
                             .uses_cdi = uses_cdi,
                             .plan = plan_containerd,
                             .unplan = unplan_containerd,
                             .check = check_containerd};

}  // namespace sg::engines
