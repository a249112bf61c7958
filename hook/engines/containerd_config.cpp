// SPDX-License-Identifier: Apache-2.0
// containerd_config.cpp - reads what config.toml and its imports say, and writes tables of our own
// beside it.
//
// No table that is there is edited: new ones behind the end of a TOML file, or in a file of their
// own, cannot change the meaning of those before.
#include "engines/containerd_config.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

#include "base/json.h"
#include "base/json_edit.h"
#include "base/text.h"
#include "engines/hook_call.h"
#include "engines/toml.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {
namespace {

constexpr std::string_view kPlugin2 = "io.containerd.grpc.v1.cri";
constexpr std::string_view kPlugin3 = "io.containerd.cri.v1.runtime";

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

// The last beginning counts: what stands between an earlier one, whose end somebody has removed,
// and ours is not ours.
std::optional<Block> find_block(std::string_view text) {
  std::optional<Block> last;
  for (const std::string_view mark : {kBegin, kBeginBroken}) {
    const std::size_t begin = text.rfind(mark);
    const std::size_t end = begin == std::string_view::npos ? begin : text.find(kEnd, begin);
    if (end != std::string_view::npos && (begin == 0 || text[begin - 1] == '\n') &&
        (!last || last->begin < begin)) {
      last = Block{begin, end + kEnd.size(), mark == kBeginBroken};
    }
  }
  return last;
}

constexpr std::string_view kBinaryName = "  BinaryName = ";

// The tables of our handler of the plugin.
std::string handler_text(std::string_view plugin, bool systemd_cgroup, const std::string& wrapper) {
  const std::string table =
      "plugins.\"" + std::string(plugin) + "\".containerd.runtimes.sysctl-guard";
  // A `*` does not match a slash there, and a key for one container has one.
  const std::string annotations = "[\"io.sysctl-guard.*\", \"io.sysctl-guard.*/*\"]\n";
  std::string out =
      "[" + table + "]\n  runtime_type = \"io.containerd.runc.v2\"\n" +
      (wrapper.empty() ? "  base_runtime_spec = \"" + std::string(kContainerdBaseSpec) + "\"\n"
                       : "") +
      "  pod_annotations = " + annotations + "  container_annotations = " + annotations;
  if (systemd_cgroup || !wrapper.empty()) {
    out += "[" + table + ".options]\n";
  }
  if (!wrapper.empty()) {
    out += std::string(kBinaryName) + json_quote(wrapper) + "\n";
  }
  return out + (systemd_cgroup ? "  SystemdCgroup = true\n" : "");
}

using Path = std::vector<std::string_view>;

// The patterns of imports, as containerd reads them: relative to the directory of the file that
// they stand in, and without what a path does not need.
std::vector<std::string> imports_of(const TomlValue& config, std::string_view file) {
  const TomlValue* const imports = config.find(Path{"imports"});
  const std::filesystem::path directory = std::filesystem::path(file).parent_path();
  std::vector<std::string> patterns;
  for (std::size_t i = 0; imports != nullptr && i < imports->members.size(); ++i) {
    patterns.push_back((directory / imports->members[i].second.text).lexically_normal().string());
  }
  return patterns;
}

// By any of its names: of version 1, of version 2, of version 3.
bool disables_cri(const TomlValue& config) {
  const TomlValue* const disabled = config.find(Path{"disabled_plugins"});
  return disabled != nullptr && std::ranges::any_of(disabled->members, [](const auto& plugin) {
           const std::string& name = plugin.second.text;
           return name == "cri" || name == kPlugin2 || name == kPlugin3;
         });
}

bool matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME | FNM_NOESCAPE) == 0;
}

// Where no table can be added: a table is not defined twice, nor is one added to a table that is
// inline. Runtimes by dotted keys are refused as well. "" for nothing.
std::string closed_part(const TomlValue& config, const Path& runtimes) {
  std::string name;
  for (std::size_t depth = 1; depth <= runtimes.size(); ++depth) {
    name += (name.empty() ? "" : ".") + std::string(runtimes[depth - 1]);
    const TomlValue* const part = config.find(std::span(runtimes).first(depth));
    if (part != nullptr && (!part->is_table() || part->kind == TomlValue::Kind::kInlineTable)) {
      return name;
    }
  }
  const TomlValue* const all = config.find(runtimes);
  for (std::size_t i = 0; all != nullptr && i < all->members.size(); ++i) {
    if (all->members[i].second.kind != TomlValue::Kind::kTable) {
      return name + "." + all->members[i].first;
    }
  }
  return "";
}

std::optional<Error> find_obstacle(const TomlValue& config, const std::string& noun,
                                   const Path& runtimes) {
  Path ours = runtimes;
  ours.push_back(kName);
  if (config.find(ours) != nullptr) {
    return Error{Errc::kBadInput,
                 noun + ": has a runtime 'sysctl-guard' that was not made by sysctl-guard install",
                 "remove its tables, or give it another name"};
  }
  const std::string closed = closed_part(config, runtimes);
  if (closed.empty()) {
    return std::nullopt;
  }
  return Error{Errc::kBadInput,
               noun + ": has '" + escape(closed) + "' in a form to which nothing can be added",
               "write each runtime as a [table] of its own"};
}

// Far more than anybody imports; a pattern that matches everything must not hold us for long.
constexpr std::size_t kFilesMax = 1000;

// The files that a pattern names, in the order of their names.
Result<std::vector<std::string>> files_of(const host::RootDir& root, const std::string& pattern) {
  const std::size_t slash = pattern.rfind('/');
  const std::string directory = pattern.substr(0, slash + 1);
  const std::string name = pattern.substr(slash + 1);
  if (directory.find_first_of("*?[\\") != std::string::npos) {
    return Error{Errc::kBadInput,
                 "'" + std::string(kContainerdConfig) + "': imports '" + escape(pattern) +
                     "', a pattern of directories, which is not followed here",
                 "name the directory in imports"};
  }
  std::vector<std::string> files;
  for (const std::string& file : root.list(directory, "")) {
    if (file != "." && file != ".." && matches(name, file)) {
      files.push_back(directory + file);
    }
  }
  return files;
}

void merge(ContainerdConfig& config, const ContainerdConfig& import) {
  if (import.systemd_cgroup) {
    config.systemd_cgroup = import.systemd_cgroup;
  }
  if (!import.default_runtime.empty()) {
    config.default_runtime = import.default_runtime;
  }
  config.sets_cri = config.sets_cri || import.sets_cri;
  config.disables_cri = config.disables_cri || import.disables_cri;
  if (!config.obstacle) {
    config.obstacle = import.obstacle;
  }
}

}  // namespace

Result<ContainerdConfig> read_containerd_config(std::string_view text, std::string_view file,
                                                int default_version) {
  const std::string noun = "'" + std::string(file) + "'";
  const Result<TomlValue> toml = parse_toml(text, noun);
  if (!toml) {
    return toml.error();
  }
  const TomlValue* const version = toml->find(Path{"version"});
  const std::int64_t number = version == nullptr ? default_version : version->integer;
  const bool is_disabled = disables_cri(*toml);
  if (number < 2 && is_disabled) {
    return Error{Errc::kBadInput,
                 noun + ": disabled_plugins names the CRI plugin, so that containerd starts no pod",
                 "put a whole file in its place: containerd config default > " + std::string(file)};
  }
  if (number < 2 || number > 1000) {
    return Error{Errc::kBadInput, noun + ": is of version 1",
                 "bring it to version 2 or later: containerd config migrate"};
  }
  ContainerdConfig config;
  config.version = static_cast<int>(number);
  config.disables_cri = is_disabled;
  const std::string_view plugin = config.version == 2 ? kPlugin2 : kPlugin3;
  const Path runtimes = {"plugins", plugin, "containerd", "runtimes"};
  config.sets_cri = toml->find(std::span(runtimes).first(2)) != nullptr;
  // A header of its own can be added to a table that has none.
  config.has_runc = !parse_toml(
      std::string(text) + "\n[plugins.\"" + std::string(plugin) + "\".containerd.runtimes.runc]\n",
      noun);
  if (const TomlValue* cgroup = toml->find(
          Path{"plugins", plugin, "containerd", "runtimes", "runc", "options", "SystemdCgroup"})) {
    config.systemd_cgroup = cgroup->integer != 0;
  }
  if (const TomlValue* name =
          toml->find(Path{"plugins", plugin, "containerd", "default_runtime_name"})) {
    config.default_runtime = name->text;
  }
  config.imports = imports_of(*toml, file);
  config.imports_drop_in = std::ranges::any_of(
      config.imports, [](const std::string& name) { return matches(name, kContainerdDropIn); });
  config.obstacle = find_obstacle(*toml, noun, runtimes);
  return config;
}

Result<ContainerdConfig> load_containerd_config(const host::RootDir& root,
                                                const std::string& text) {
  Result<ContainerdConfig> config = read_containerd_config(remove_handler(text));
  if (!config) {
    return config;
  }
  config->sets_cri = false;
  std::vector<std::string> patterns = config->imports;
  std::vector<std::string> seen = {kContainerdConfig, kContainerdDropIn};
  for (std::size_t i = 0; i < patterns.size() && seen.size() < kFilesMax; ++i) {
    const Result<std::vector<std::string>> files = files_of(root, patterns[i]);
    if (!files) {
      return files.error();
    }
    for (const std::string& file : *files) {
      const Result<std::optional<std::string>> content = root.read(file);
      if (!content) {
        return content.error();
      }
      if (!*content || std::ranges::find(seen, file) != seen.end()) {
        continue;
      }
      seen.push_back(file);
      const Result<ContainerdConfig> import =
          read_containerd_config(**content, file, config->version);
      if (!import) {
        return import.error();
      }
      merge(*config, *import);
      patterns.insert(patterns.end(), import->imports.begin(), import->imports.end());
    }
  }
  return config;
}

bool is_our_drop_in(std::string_view text) { return text.starts_with(kDropInMark); }

bool drop_in_is_for_all(std::string_view text) {
  return is_our_drop_in(text) && text.find("default_runtime_name") != std::string_view::npos;
}

std::string drop_in_text(const ContainerdConfig& config, bool all_containers,
                         const std::string& wrapper) {
  std::string out = std::string(kDropInMark) + "version = 3\n";
  if (all_containers) {
    out.append("[plugins.\"").append(kPlugin3).append("\".containerd]\n");
    out += "  default_runtime_name = \"sysctl-guard\"\n";
  }
  return out + handler_text(kPlugin3, config.systemd_cgroup.value_or(false), wrapper);
}

std::string add_handler(std::string_view text, const ContainerdConfig& config,
                        const std::string& wrapper) {
  std::string out = remove_handler(text);
  const bool is_broken = !out.empty() && out.back() != '\n';
  out.append(is_broken ? "\n" : "").append(is_broken ? kBeginBroken : kBegin);
  if (!config.has_runc) {
    out.append("[plugins.\"").append(kPlugin2).append("\".containerd.runtimes.runc]\n");
    out += "  runtime_type = \"io.containerd.runc.v2\"\n";
  }
  out += handler_text(kPlugin2, config.systemd_cgroup.value_or(false), wrapper);
  return out.append(kEnd);
}

std::string wrapper_of(std::string_view text) {
  const std::optional<Block> block = find_block(text);
  const std::string_view ours = block ? text.substr(block->begin, block->end - block->begin)
                                : is_our_drop_in(text) ? text
                                                       : "";
  const std::string mark = std::string(kBinaryName) + "\"";
  const std::size_t begin = ours.find(mark);
  if (begin == std::string_view::npos) {
    return "";
  }
  const std::string_view rest = ours.substr(begin + mark.size());
  return std::string(rest.substr(0, rest.find('"')));
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

Result<std::string> base_spec_text(const std::string& spec, const std::string& hook,
                                   const std::vector<std::string>& arguments) {
  const std::string what = "the output of ctr oci spec";
  Result<std::string> out = json_remove(spec, what, Path{"process", "rlimits"});
  if (out) {
    out =
        json_append(*out, what, Path{"hooks", "createRuntime"}, call_json(hook, arguments).line());
  }
  if (!out) {
    return Error{out.error().code, out.error().message,
                 "give it as ctr prints it, whole, with --base-spec"};
  }
  return out;
}

std::vector<oci::HookEntry> base_spec_hooks(std::string_view text) {
  const std::vector<Path> wanted = {{"hooks", "createRuntime"}};
  const Result<std::vector<JsonItem>> items = read_json(text, "it", wanted);
  std::vector<oci::HookEntry> calls = items ? hook_calls(*items, 3) : std::vector<oci::HookEntry>();
  std::erase_if(calls, [](const oci::HookEntry& call) { return !oci::is_our_hook(call); });
  return calls;
}

}  // namespace sg::engines
