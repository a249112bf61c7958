// SPDX-License-Identifier: Apache-2.0
// containerd_config.h - a runtime handler "sysctl-guard" in containerd's configuration.
//
// Pods ask for it by a RuntimeClass. The handler starts the wrapper, or has a base runtime spec with
// the hook, and lets our annotations through to the container, which containerd otherwise keeps to
// itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engines/hook_call.h"
#include "host/root_dir.h"
#include "oci/bundle.h"

namespace sg::engines {

inline constexpr const char* kContainerdConfig = "/etc/containerd/config.toml";
inline constexpr const char* kContainerdDropIn = "/etc/containerd/conf.d/99-sysctl-guard.toml";
inline constexpr const char* kContainerdBaseSpec = "/etc/containerd/sysctl-guard-base-spec.json";

// What of config.toml, or of a file that it imports, decides how it is extended.
struct ContainerdConfig {
  // From 3 on (containerd 2) a drop-in is merged setting by setting. Before that it replaces every
  // setting of the CRI plugin, so the handler has to stand in config.toml itself.
  int version = 0;
  // Containers are in systemd's cgroups: the handler must say so too. Nothing where the file does
  // not say.
  std::optional<bool> systemd_cgroup;
  bool has_runc = false;  // without a runtime in the file, adding one drops the built-in runc (1.x)
  bool imports_drop_in = false;
  bool sets_cri = false;             // something of the CRI plugin
  bool disables_cri = false;         // disabled_plugins names it: containerd then starts no pod
  std::string default_runtime;       // default_runtime_name; "" where it is not set
  std::vector<std::string> imports;  // patterns of files, absolute
  // Why no handler can be added: a runtime of its name is there, or they stand in a form that takes
  // no table.
  std::optional<Error> obstacle;
};

// `file` is the name in messages. A file without a version is of `default_version`. Errors,
// kBadInput: it cannot be read as TOML, or is of version 1, as the file of Docker's package
// containerd.io, which disables the CRI plugin.
[[nodiscard]] Result<ContainerdConfig> read_containerd_config(
    std::string_view text, std::string_view file = kContainerdConfig, int default_version = 1);

// What read_containerd_config() says about `text`, config.toml, without our handler, with what its
// imports, but for our drop-in, say over it: SystemdCgroup, default_runtime_name, a runtime of our
// name, disabled_plugins. Imports are followed as containerd does, each file once, and those that they import.
// `sets_cri` is true if an import sets something of the CRI plugin. Errors, kBadInput and kSystem:
// one of the files cannot be read or understood.
[[nodiscard]] Result<ContainerdConfig> load_containerd_config(const host::RootDir& root,
                                                              const std::string& text);

// Was the drop-in made here?
[[nodiscard]] bool is_our_drop_in(std::string_view text);

// Does it make the handler the default one?
[[nodiscard]] bool drop_in_is_for_all(std::string_view text);

// The drop-in of version 3. `all_containers` makes the handler the default one. `wrapper` is the
// path of sysctl-guard-runtime; with "" the handler has the base spec in its place.
[[nodiscard]] std::string drop_in_text(const ContainerdConfig& config, bool all_containers,
                                       const std::string& wrapper);

// config.toml of version 2 with the handler behind its end, between two marks, in place of an
// earlier one. A last line without an end gets one, which goes again with the marks unless
// something stands behind them by then.
[[nodiscard]] std::string add_handler(std::string_view text, const ContainerdConfig& config,
                                      const std::string& wrapper);

// The wrapper that the handler in either of these two texts names; "" where it names none.
[[nodiscard]] std::string wrapper_of(std::string_view text);

// The same without: byte for byte what it was. Unchanged where the marks are not there both.
[[nodiscard]] std::string remove_handler(std::string_view text);

// The base spec: `spec` as `ctr oci spec` prints it, with the hook and its `arguments`. It has no
// limits of its own (containerd would keep them for every container). Errors, kBadInput: `spec` is
// no JSON object.
[[nodiscard]] Result<std::string> base_spec_text(const std::string& spec, const std::string& hook,
                                                 const std::vector<std::string>& arguments = {});

// The calls of our hook in a base spec; none in any other text.
[[nodiscard]] std::vector<oci::HookEntry> base_spec_hooks(std::string_view text);

}  // namespace sg::engines
