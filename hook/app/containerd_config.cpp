// SPDX-License-Identifier: Apache-2.0
// containerd_config.cpp - reads what config.toml says, and writes tables of our own beside it.
//
// No table that is there is edited: new ones behind the end of a TOML file, or in a file of their own, cannot
// change the meaning of those before.
#include "app/containerd_config.h"

#include <fnmatch.h>

#include <algorithm>

#include "app/hooks_d.h"
#include "app/toml_scan.h"
#include "base/json.h"
#include "base/json_edit.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::string_view kPlugin2 = "plugins.io.containerd.grpc.v1.cri";
constexpr std::string_view kPlugin3 = "plugins.io.containerd.cri.v1.runtime";

// A mark is a comment, so it may stand behind a last line that has no end.
constexpr std::string_view kBegin =
    "# sysctl-guard: begin; written by sysctl-guard install containerd\n";
constexpr std::string_view kEnd = "# sysctl-guard: end\n";

// A `*` does not match a slash there, and a key for one container has one.
constexpr std::string_view kAnnotations = "[\"io.sysctl-guard.*\", \"io.sysctl-guard.*/*\"]";

// The tables of one handler of the plugin; `plugin` as a quoted TOML key.
std::string handler_text(std::string_view plugin, bool systemd_cgroup) {
  const std::string table = "plugins." + std::string(plugin) + ".containerd.runtimes.sysctl-guard";
  std::string out = "[" + table +
                    "]\n"
                    "  runtime_type = \"io.containerd.runc.v2\"\n"
                    "  base_runtime_spec = \"" +
                    std::string(kContainerdBaseSpec) +
                    "\"\n"
                    "  pod_annotations = " +
                    std::string(kAnnotations) +
                    "\n"
                    "  container_annotations = " +
                    std::string(kAnnotations) + "\n";
  if (systemd_cgroup) {
    out += "[" + table + ".options]\n  SystemdCgroup = true\n";
  }
  return out;
}

// An import may be a glob and relative to the directory of config.toml.
bool imports(const TomlScan& scan, std::string_view file) {
  const TomlSetting* const setting = find_setting(scan, "", "imports");
  if (setting == nullptr) {
    return false;
  }
  const std::string wanted(file);
  return std::ranges::any_of(setting->strings, [&wanted](const std::string& pattern) {
    const std::string path = pattern.starts_with('/') ? pattern : "/etc/containerd/" + pattern;
    return ::fnmatch(path.c_str(), wanted.c_str(), FNM_PATHNAME | FNM_NOESCAPE) == 0;
  });
}

}  // namespace

Result<ContainerdConfig> read_containerd_config(std::string_view text) {
  const std::string noun = "'" + std::string(kContainerdConfig) + "'";
  const std::optional<TomlScan> scan = scan_toml(text);
  if (!scan) {
    return Error{Errc::kBadInput, noun + ": cannot be read as TOML", "correct the file"};
  }
  const TomlSetting* const version = find_setting(*scan, "", "version");
  const std::optional<std::uint64_t> number =
      version ? parse_decimal(version->value) : std::nullopt;
  if (number.value_or(1) < 2 || *number > 1000) {
    return Error{Errc::kBadInput, noun + ": is of version 1",
                 "bring it to version 2 or later: containerd config migrate"};
  }
  ContainerdConfig config;
  config.version = static_cast<int>(*number);
  const std::string plugin(config.version == 2 ? kPlugin2 : kPlugin3);
  const std::string runc = plugin + ".containerd.runtimes.runc";
  config.has_runc = std::ranges::find(scan->tables, runc) != scan->tables.end();
  const TomlSetting* const cgroup = find_setting(*scan, runc + ".options", "SystemdCgroup");
  config.systemd_cgroup = cgroup != nullptr && cgroup->value == "true";
  config.imports_drop_in = imports(*scan, kContainerdDropIn);
  return config;
}

std::string drop_in_text(const ContainerdConfig& config, bool all_containers) {
  std::string out = "# Written by sysctl-guard install containerd.\nversion = 3\n";
  if (all_containers) {
    out +=
        "[plugins.\"io.containerd.cri.v1.runtime\".containerd]\n"
        "  default_runtime_name = \"sysctl-guard\"\n";
  }
  return out + handler_text("\"io.containerd.cri.v1.runtime\"", config.systemd_cgroup);
}

std::string add_handler(std::string_view text, const ContainerdConfig& config) {
  std::string out = remove_handler(text);
  out += kBegin;
  if (!config.has_runc) {
    out +=
        "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n"
        "  runtime_type = \"io.containerd.runc.v2\"\n";
  }
  out += handler_text("\"io.containerd.grpc.v1.cri\"", config.systemd_cgroup);
  return out.append(kEnd);
}

std::string remove_handler(std::string_view text) {
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = begin == std::string_view::npos ? begin : text.find(kEnd, begin);
  if (end == std::string_view::npos) {
    return std::string(text);
  }
  return std::string(text.substr(0, begin)).append(text.substr(end + kEnd.size()));
}

Result<std::string> base_spec_text(const std::string& spec, const std::string& hook) {
  const std::vector<std::string_view> limits = {"process", "rlimits"};
  const std::vector<std::string_view> hooks = {"hooks", "createRuntime"};
  const std::string what = "the output of ctr oci spec";
  const Result<std::string> unlimited = json_remove(spec, what, limits);
  if (!unlimited) {
    return unlimited;
  }
  return json_append(*unlimited, what, hooks,
                     "{\"path\": " + json_quote(hook) + ", \"args\": [\"sysctl-guard-hook\"], " +
                         "\"timeout\": " + std::to_string(kHookTimeoutSeconds) + "}");
}

std::vector<HookCall> base_spec_hooks(std::string_view text) {
  const std::vector<std::vector<std::string_view>> wanted = {{"hooks", "createRuntime"}};
  const Result<std::vector<JsonItem>> items = read_json(text, "it", wanted);
  std::vector<HookCall> calls = items ? hook_calls(*items, 3) : std::vector<HookCall>();
  std::erase_if(calls, [](const HookCall& call) { return !is_our_hook(call); });
  return calls;
}

}  // namespace sg::app
