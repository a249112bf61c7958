// SPDX-License-Identifier: Apache-2.0
// containerd_config.cpp - reads what config.toml says, and writes tables of our own beside it.
//
// No table that is there is edited: new ones behind the end of a TOML file, or in a file of their own, cannot
// change the meaning of those before.
#include "app/install/containerd_config.h"

#include <fnmatch.h>

#include <algorithm>

#include "app/install/hooks_d.h"
#include "app/install/toml_scan.h"
#include "base/json.h"
#include "base/json_edit.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::string_view kPlugin2 = "plugins.io.containerd.grpc.v1.cri";
constexpr std::string_view kPlugin3 = "plugins.io.containerd.cri.v1.runtime";

constexpr std::string_view kName = "sysctl-guard";
constexpr std::string_view kDropInMark = "# Written by sysctl-guard install containerd.\n";

// The first line says whether the line break in front of it is ours.
constexpr std::string_view kBegin =
    "# sysctl-guard: begin; written by sysctl-guard install containerd\n";
constexpr std::string_view kBeginBroken =
    "# sysctl-guard: begin, with the line break before; written by sysctl-guard install "
    "containerd\n";
constexpr std::string_view kEnd = "# sysctl-guard: end\n";

// Where the block with its marks stands; nothing where there is none.
struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool has_line_break = false;  // the one before it is ours
};

std::optional<Block> find_block(std::string_view text) {
  for (const std::string_view mark : {kBegin, kBeginBroken}) {
    const std::size_t begin = text.find(mark);
    const std::size_t end = begin == std::string_view::npos ? begin : text.find(kEnd, begin);
    if (end != std::string_view::npos && (begin == 0 || text[begin - 1] == '\n')) {
      return Block{begin, end + kEnd.size(), mark == kBeginBroken};
    }
  }
  return std::nullopt;
}

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

// The patterns of imports, which may be relative to the directory of config.toml.
std::vector<std::string> imports_of(const TomlScan& scan) {
  const TomlSetting* const setting = find_setting(scan, "", "imports");
  std::vector<std::string> patterns;
  for (const std::string& pattern : setting ? setting->strings : std::vector<std::string>()) {
    patterns.push_back(pattern.starts_with('/') ? pattern : "/etc/containerd/" + pattern);
  }
  return patterns;
}

bool matches(const std::vector<std::string>& patterns, std::string_view file) {
  const std::string wanted(file);
  return std::ranges::any_of(patterns, [&wanted](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), wanted.c_str(), FNM_PATHNAME | FNM_NOESCAPE) == 0;
  });
}

// A table cannot be defined twice, nor added to one that is defined by dotted keys or inline.
std::optional<Error> find_obstacle(const TomlScan& scan, const std::string& noun,
                                   const std::string& runtimes) {
  const std::string ours = runtimes + "." + std::string(kName);
  const auto is_ours = [&ours](const std::string& path) { return is_at_or_below(path, ours); };
  if (std::ranges::any_of(scan.tables, is_ours) ||
      std::ranges::any_of(scan.settings, is_ours, &TomlSetting::path)) {
    return Error{Errc::kBadInput,
                 noun + ": has a runtime 'sysctl-guard' that was not made by sysctl-guard install",
                 "remove its tables, or give it another name"};
  }
  const TomlSetting* hidden = find_above(scan, runtimes + ".runc.options.SystemdCgroup");
  for (const TomlSetting& setting : scan.settings) {
    const bool is_below = setting.path != runtimes && is_at_or_below(setting.path, runtimes);
    const bool has_table = setting.table != runtimes && is_at_or_below(setting.table, runtimes);
    if (hidden == nullptr && is_below && !has_table) {
      hidden = &setting;
    }
  }
  if (hidden == nullptr) {
    return std::nullopt;
  }
  return Error{
      Errc::kBadInput,
      noun + ": has '" + escape(hidden->path) + "' in a form to which nothing can be added",
      "write each runtime as a [table] of its own"};
}

}  // namespace

Result<ContainerdConfig> read_containerd_config(std::string_view text, std::string_view file,
                                                int default_version) {
  const std::string noun = "'" + std::string(file) + "'";
  const std::optional<TomlScan> scan = scan_toml(text);
  if (!scan) {
    return Error{Errc::kBadInput, noun + ": cannot be read as TOML", "correct the file"};
  }
  const TomlSetting* const version = find_setting(*scan, "", "version");
  const std::optional<std::uint64_t> number =
      version ? parse_decimal(version->value) : static_cast<std::uint64_t>(default_version);
  if (number.value_or(1) < 2 || *number > 1000) {
    return Error{Errc::kBadInput, noun + ": is of version 1",
                 "bring it to version 2 or later: containerd config migrate"};
  }
  ContainerdConfig config;
  config.version = static_cast<int>(*number);
  const std::string plugin(config.version == 2 ? kPlugin2 : kPlugin3);
  const std::string runc = plugin + ".containerd.runtimes.runc";
  const auto in_plugin = [&plugin](const std::string& path) {
    return is_at_or_below(path, plugin);
  };
  config.sets_cri = std::ranges::any_of(scan->tables, in_plugin) ||
                    std::ranges::any_of(scan->settings, in_plugin, &TomlSetting::path);
  config.has_runc = std::ranges::find(scan->tables, runc) != scan->tables.end();
  if (const TomlSetting* cgroup = find_setting(*scan, runc + ".options", "SystemdCgroup")) {
    config.systemd_cgroup = cgroup->value == "true";
  }
  const TomlSetting* const name =
      find_setting(*scan, plugin + ".containerd", "default_runtime_name");
  config.default_runtime = name && !name->strings.empty() ? name->strings.front() : "";
  config.imports = imports_of(*scan);
  config.imports_drop_in = matches(config.imports, kContainerdDropIn);
  config.obstacle = find_obstacle(*scan, noun, plugin + ".containerd.runtimes");
  return config;
}

bool is_our_drop_in(std::string_view text) { return text.starts_with(kDropInMark); }

bool drop_in_is_for_all(std::string_view text) {
  return is_our_drop_in(text) && text.find("default_runtime_name") != std::string_view::npos;
}

std::string drop_in_text(const ContainerdConfig& config, bool all_containers) {
  std::string out = std::string(kDropInMark) + "version = 3\n";
  if (all_containers) {
    out +=
        "[plugins.\"io.containerd.cri.v1.runtime\".containerd]\n"
        "  default_runtime_name = \"sysctl-guard\"\n";
  }
  return out +
         handler_text("\"io.containerd.cri.v1.runtime\"", config.systemd_cgroup.value_or(false));
}

std::string add_handler(std::string_view text, const ContainerdConfig& config) {
  std::string out = remove_handler(text);
  const bool is_broken = !out.empty() && out.back() != '\n';
  out.append(is_broken ? "\n" : "").append(is_broken ? kBeginBroken : kBegin);
  if (!config.has_runc) {
    out +=
        "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n"
        "  runtime_type = \"io.containerd.runc.v2\"\n";
  }
  out += handler_text("\"io.containerd.grpc.v1.cri\"", config.systemd_cgroup.value_or(false));
  return out.append(kEnd);
}

std::string remove_handler(std::string_view text) {
  const std::optional<Block> block = find_block(text);
  if (!block) {
    return std::string(text);
  }
  const std::string_view behind = text.substr(block->end);
  const bool drops_break = block->has_line_break && behind.empty() && block->begin > 0;
  return std::string(text.substr(0, block->begin - (drops_break ? 1 : 0))).append(behind);
}

Result<std::string> base_spec_text(const std::string& spec, const std::string& hook) {
  const std::vector<std::string_view> limits = {"process", "rlimits"};
  const std::vector<std::string_view> hooks = {"hooks", "createRuntime"};
  const std::string what = "the output of ctr oci spec";
  Result<std::string> out = json_remove(spec, what, limits);
  if (out) {
    out = json_append(*out, what, hooks,
                      "{\"path\": " + json_quote(hook) + ", \"args\": [" + json_quote(kHookName) +
                          "], \"timeout\": " + std::to_string(kHookTimeoutSeconds) + "}");
  }
  if (out) {
    return out;
  }
  Error error = std::move(out).error();
  error.hint = "give it as ctr prints it, whole, with --base-spec";
  return error;
}

std::vector<HookCall> base_spec_hooks(std::string_view text) {
  const std::vector<std::vector<std::string_view>> wanted = {{"hooks", "createRuntime"}};
  const Result<std::vector<JsonItem>> items = read_json(text, "it", wanted);
  std::vector<HookCall> calls = items ? hook_calls(*items, 3) : std::vector<HookCall>();
  std::erase_if(calls, [](const HookCall& call) { return !is_our_hook(call); });
  return calls;
}

}  // namespace sg::app
