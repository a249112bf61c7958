// SPDX-License-Identifier: Apache-2.0
// containerd_config.h - a runtime handler "sysctl-guard" in containerd's configuration.
//
// Pods ask for it by a RuntimeClass. The handler has a base runtime spec with the hook, and lets
// our annotations through to the container, which containerd otherwise keeps to itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/hook_call.h"
#include "base/result.h"

namespace sg::app {

inline constexpr std::string_view kContainerdConfig = "/etc/containerd/config.toml";
inline constexpr std::string_view kContainerdDropIn = "/etc/containerd/conf.d/99-sysctl-guard.toml";
inline constexpr std::string_view kContainerdBaseSpec =
    "/etc/containerd/sysctl-guard-base-spec.json";

// What of config.toml decides how it is extended.
struct ContainerdConfig {
  // From 3 on (containerd 2) a drop-in is merged setting by setting. Before that it replaces every setting
  // of the CRI plugin, so the handler has to stand in config.toml itself.
  int version = 0;
  bool systemd_cgroup = false;  // containers are in systemd's cgroups: the handler must say so too
  bool has_runc = false;  // without a runtime in the file, adding one drops the built-in runc (1.x)
  bool imports_drop_in = false;
};

// Errors, kBadInput: it cannot be read as TOML, or is of version 1 or none.
[[nodiscard]] Result<ContainerdConfig> read_containerd_config(std::string_view text);

// The drop-in of version 3. `all_containers` makes the handler the default one.
[[nodiscard]] std::string drop_in_text(const ContainerdConfig& config, bool all_containers);

// config.toml of version 2 with the handler behind its end, between two marks, in place of an earlier one.
[[nodiscard]] std::string add_handler(std::string_view text, const ContainerdConfig& config);

// The same without: byte for byte what it was.
[[nodiscard]] std::string remove_handler(std::string_view text);

// The base spec: `spec` as `ctr oci spec` prints it, with the hook. It has no limits of its own (containerd
// would keep them for every container). Errors, kBadInput: `spec` is no JSON object.
[[nodiscard]] Result<std::string> base_spec_text(const std::string& spec, const std::string& hook);

// The calls of our hook in a base spec; none in any other text.
[[nodiscard]] std::vector<HookCall> base_spec_hooks(std::string_view text);

}  // namespace sg::app
