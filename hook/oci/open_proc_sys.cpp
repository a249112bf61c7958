// SPDX-License-Identifier: Apache-2.0
// open_proc_sys.cpp - the hook goes in before /proc/sys goes out; each change is one splice of the text.
//
// What is not understood stays closed: an unusual spelling of a path is not taken out, a capability of an
// unusual spelling is taken for the worst.
#include "oci/open_proc_sys.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/json.h"
#include "base/json_edit.h"
#include "base/text.h"

namespace sg::oci {
namespace {

constexpr const char* kWhat = "config.json";
constexpr std::string_view kProcSys = "/proc/sys";
// createContainer came with createRuntime, in this version of the runtime specification.
constexpr OciVersion kStagesSince{1, 0, 2};

// The absolute path without empty and `.` components; a relative one as it is. A `..` stays: what it
// leads to depends on symbolic links.
std::string plain_path(std::string_view path) {
  if (!path.starts_with('/')) {
    return std::string(path);
  }
  std::string plain;
  for (const std::string_view component : split(path, '/')) {
    if (!component.empty() && component != ".") {
      plain.append("/").append(component);
    }
  }
  return plain.empty() ? "/" : plain;
}

bool has_dot_dot(std::string_view path) {
  const std::vector<std::string_view> components = split(path, '/');
  return std::ranges::find(components, "..") != components.end();
}

// Both plain.
bool is_at_or_below(std::string_view path, std::string_view above) {
  return path.starts_with(above) &&
         (above == "/" || path.size() == above.size() || path[above.size()] == '/');
}

bool is_at_or_above(std::string_view path, std::string_view below) { return is_at_or_below(below, path); }

bool is_proc_sys(std::string_view path) { return plain_path(path) == kProcSys; }

bool hides_proc_sys(std::string_view path) { return is_at_or_above(plain_path(path), kProcSys); }

// In upper case; nothing where it is not letters and underscores behind "CAP_".
std::string capability_name(std::string_view text) {
  std::string name(text);
  for (char& c : name) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (c != '_' && (c < 'A' || c > 'Z')) {
      return "";
    }
  }
  return name.starts_with("CAP_") && name.size() > 4 ? name : "";
}

bool has_new_namespace(const Config& config, std::string_view type) {
  return std::ranges::any_of(config.namespaces, [type](const Namespace& ns) {
    return ns.type == type && ns.path.empty();
  });
}

// By which a task loads or detaches programs, gets the kernel or another process of the host, or a cgroup by its file
// handle. CAP_SYS_PTRACE gives the runtime's own process when somebody is exec'd: it has all capabilities, and is not
// yet in the cgroup.
constexpr std::array<std::string_view, 6> kDangerous = {"CAP_SYS_ADMIN",  "CAP_SYS_MODULE",      "CAP_SYS_RAWIO",
                                                        "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_SYS_BOOT"};
constexpr std::array<std::string_view, 2> kDangerousWithBpf = {"CAP_NET_ADMIN", "CAP_PERFMON"};

// The capabilities that undo the guard, as words for a message; empty where there are none.
std::string dangerous_capabilities(const CreateConfig& config) {
  bool has_bpf = false;
  std::string_view other;
  for (const std::string& text : config.capabilities) {
    const std::string name = capability_name(text);
    if (name.empty()) {
      return "a capability '" + escape(text, 64) + "' of unknown spelling";
    }
    if (std::ranges::find(kDangerous, name) != kDangerous.end()) {
      return name;
    }
    has_bpf = has_bpf || name == "CAP_BPF";
    const auto with_bpf = std::ranges::find(kDangerousWithBpf, name);
    other = with_bpf == kDangerousWithBpf.end() ? other : *with_bpf;
  }
  return has_bpf && !other.empty() ? "CAP_BPF with " + std::string(other) : "";
}

bool is_read_only(const Mount& mount) {
  const auto has = [&mount](std::string_view option) {
    return std::ranges::find(mount.options, option) != mount.options.end();
  };
  return (has("ro") || has("rro")) && !has("rw");
}

bool is_bind(const Mount& mount) {
  return mount.type == "bind" || mount.type == "none" || mount.type.empty() ||
         std::ranges::any_of(mount.options, [](const std::string& option) {
           return option == "bind" || option == "rbind";
         });
}

// Whether what is bound from `source` could hold, or lie in, what is mounted at one of `points`.
bool reaches(const std::string& source, const std::vector<std::string>& points) {
  const std::string plain = plain_path(source);
  return !plain.starts_with('/') || has_dot_dot(plain) ||
         std::ranges::any_of(points, [&plain](const std::string& point) {
           return is_at_or_below(plain, point) || is_at_or_above(plain, point);
         });
}

// How the container could leave its cgroup, and with it the guard: by a cgroup.procs that it can write. One that
// is bound from the host counts whatever its options say, since a read-only bind leaves what is mounted below
// it writable. Empty where there is no way.
std::string way_out_of_cgroup(const CreateConfig& config, const HostPlaces& host) {
  const bool has_own_view = has_new_namespace(config.config, "cgroup");
  for (const Mount& mount : config.mounts) {
    if ((mount.type == "cgroup" || mount.type == "cgroup2") && !is_read_only(mount) && !has_own_view) {
      return "a writable mount of cgroups and no cgroup namespace of its own";
    }
    if (is_bind(mount) && reaches(mount.source, host.cgroup_mounts)) {
      return "a bind mount of '" + escape(mount.source, 96) + "', where the host's cgroups are or could be";
    }
  }
  return "";
}

// How the container could reach processes that are not its own, and through them what they may write.
std::string way_to_processes(const CreateConfig& config, const HostPlaces& host) {
  if (!has_new_namespace(config.config, "pid")) {
    return "no new PID namespace";
  }
  for (const Mount& mount : config.mounts) {
    if (is_bind(mount) && reaches(mount.source, host.proc_mounts)) {
      return "a bind mount of '" + escape(mount.source, 96) + "', where the host's processes are or could be";
    }
  }
  if (!config.root_path.empty() && config.root_path.starts_with('/') &&
      (reaches(config.root_path, host.proc_mounts) || reaches(config.root_path, host.cgroup_mounts))) {
    return "the root '" + escape(config.root_path, 96) + "', which holds cgroups or processes of the host";
  }
  return config.root_path.starts_with('/') || !has_dot_dot(config.root_path)
             ? ""
             : "the root '" + escape(config.root_path, 96) + "', which could be anywhere";
}

// Why /proc will not be what the createContainer stage needs; empty where it will.
std::string trouble_with_proc(const CreateConfig& config) {
  bool has_procfs = false;
  for (const Mount& mount : config.mounts) {
    const std::string destination = plain_path("/" + mount.destination);
    if (has_dot_dot(destination)) {
      return "a mount on '" + escape(mount.destination, 96) + "', which could be anywhere";
    }
    if (is_at_or_below(destination, kProcSys)) {
      return "a mount on '" + escape(mount.destination, 96) + "'";
    }
    if (is_at_or_above(destination, "/proc")) {
      has_procfs = destination == "/proc" && mount.type == "proc" && !is_bind(mount);
    }
  }
  return has_procfs ? "" : "no procfs of its own at /proc";
}

// A path with a zero byte is another one to runtimes in C, a relative one depends on who reads it.
bool is_hook_at(const HookEntry& entry, std::string_view path) {
  return entry.stage != HookStage::kCreateContainer && entry.path == path && path.starts_with('/') &&
         path.find('\0') == std::string_view::npos &&
         std::ranges::none_of(entry.args, [](const std::string& argument) {
           return argument == "--help" || argument == "--version" || argument == kOpenOption;
         });
}

bool is_named_hook(const HookEntry& entry) {
  return entry.path.substr(entry.path.find_last_of('/') + 1) == kHookName;
}

// Our hook at createContainer, wherever its binary is and whatever that is called.
const HookEntry* find_opening_hook(const Config& config) {
  const auto found = std::ranges::find_if(config.hooks, [](const HookEntry& entry) {
    return entry.stage == HookStage::kCreateContainer && entry.args.size() > 1 && entry.args[1] == kOpenOption &&
           (is_named_hook(entry) || entry.args[0] == kHookName);
  });
  return found == config.hooks.end() ? nullptr : &*found;
}

// An entry as it stands among others, on one line.
std::string hook_entry(const std::string& path, const std::vector<std::string>& args) {
  std::string entry = R"({"path":)" + json_quote(path) + R"(,"args":[)" + json_quote(kHookName);
  for (const std::string& argument : args) {
    entry += "," + json_quote(argument);
  }
  return entry + "]}";
}

std::string guarding_entry(const CreateEdit& edit) { return hook_entry(edit.hook_path, edit.hook_args); }

std::string opening_entry(const CreateEdit& edit) {
  std::vector<std::string> args = {std::string(kOpenOption)};
  args.insert(args.end(), edit.open->begin(), edit.open->end());
  return hook_entry(edit.hook_path, args);
}

// The entries that are not there yet. Behind ociVersion where there are no hooks: it is the first member, and the rest
// is not read.
Result<std::string> add_hooks(std::string_view text, const CreateConfig& config, const CreateEdit& edit) {
  static constexpr std::array<std::string_view, 2> kRuntime = {"hooks", "createRuntime"};
  static constexpr std::array<std::string_view, 2> kContainer = {"hooks", "createContainer"};
  if (config.has_version && !config.config.has_hooks) {
    const std::string container = edit.open && edit.lock ? R"(,"createContainer":[)" + opening_entry(edit) + "]" : "";
    return json_add_behind(text, kWhat, "ociVersion", "hooks",
                           R"({"createRuntime":[)" + guarding_entry(edit) + "]" + container + "}");
  }
  std::string edited(text);
  if (!runs_hook(config.config, edit.hook_path)) {
    Result<std::string> added = json_append(edited, kWhat, kRuntime, guarding_entry(edit));
    if (!added) {
      return added;
    }
    edited = *std::move(added);
  }
  if (!edit.open || !edit.lock) {
    return edited;
  }
  const HookEntry* const old = find_opening_hook(config.config);
  if (old == nullptr) {
    return json_append(edited, kWhat, kContainer, opening_entry(edit));
  }
  std::vector<std::string> args(old->args.begin() + 1, old->args.end());
  std::vector<std::string> wanted = {std::string(kOpenOption)};
  wanted.insert(wanted.end(), edit.open->begin(), edit.open->end());
  if (old->path == edit.hook_path && args == wanted) {
    return edited;
  }
  const std::string index = std::to_string(old->index);
  const std::array<std::string_view, 3> place = {kContainer[0], kContainer[1], index};
  return json_replace(edited, kWhat, place, opening_entry(edit));
}

Result<std::string> remove_proc_sys(std::string_view text, const std::vector<std::string>& paths) {
  static constexpr std::array<std::string_view, 2> kPaths = {"linux", "readonlyPaths"};
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (is_proc_sys(paths[i])) {
      indices.push_back(i);
    }
  }
  return json_remove_elements(text, kWhat, kPaths, indices);
}

using Annotation = std::pair<std::string_view, std::string>;

// What the edit says of itself, as far as the document does not say so yet. A mark that is there keeps its value.
std::vector<Annotation> new_annotations(const Config& config, const CreateEdit& edit) {
  std::vector<Annotation> annotations;
  const auto value_of = [&config](std::string_view key) {
    const auto found = config.annotations.find(std::string(key));
    return found == config.annotations.end() ? std::nullopt : std::optional(found->second);
  };
  if (edit.open && !value_of(kOpenedKey)) {
    annotations.emplace_back(kOpenedKey, "true");
  }
  if (edit.note_was_open && !value_of(kWasOpenKey)) {
    annotations.emplace_back(kWasOpenKey, "true");
  }
  if (!edit.against.empty() && value_of(kClosedKey) != edit.against) {
    annotations.emplace_back(kClosedKey, edit.against);
  }
  return annotations;
}

// Behind ociVersion where there are no annotations at all.
Result<std::string> add_annotations(std::string_view text, const CreateConfig& config, const CreateEdit& edit) {
  Result<std::string> edited = std::string(text);
  bool has_any = config.config.has_annotations || !config.has_version;
  for (const auto& [key, value] : new_annotations(config.config, edit)) {
    const std::array<std::string_view, 2> path = {"annotations", key};
    edited = has_any ? json_set(*edited, kWhat, path, json_quote(value))
                     : json_add_behind(*edited, kWhat, "ociVersion", "annotations",
                                       "{" + json_quote(key) + ":" + json_quote(value) + "}");
    if (!edited) {
      break;
    }
    has_any = true;
  }
  return edited;
}

}  // namespace

std::string reason_to_stay_closed(const CreateConfig& config, const HostPlaces& host) {
  if (std::ranges::any_of(config.masked_paths, hides_proc_sys)) {
    return "it is among the masked paths";
  }
  if (config.has_version && config.version < kStagesSince) {
    return "an ociVersion before 1.0.2 has no createContainer stage";
  }
  if (const std::string trouble = trouble_with_proc(config); !trouble.empty()) {
    return "the container has " + trouble;
  }
  if (!host.covers_proc) {
    return "nothing else below /proc is masked or read-only, so a user namespace in the container could mount another one";
  }
  const bool apart = is_apart(config);
  if (const std::string dangerous = apart ? "" : dangerous_capabilities(config); !dangerous.empty()) {
    return "the container has " + dangerous + ", which can undo the guard";
  }
  std::string way_out = way_out_of_cgroup(config, host);
  if (way_out.empty() && !apart) {
    way_out = way_to_processes(config, host);
  }
  return way_out.empty() ? "" : "the container has " + way_out + ", and could leave the guard";
}

bool is_apart(const CreateConfig& config) {
  const auto maps_root = [](const IdMapping& mapping) { return mapping.host_id == 0 && mapping.size > 0; };
  return has_new_namespace(config.config, "user") && has_new_namespace(config.config, "cgroup") &&
         !config.id_mappings.empty() && std::ranges::none_of(config.id_mappings, maps_root);
}

bool is_closed(const Config& config) { return std::ranges::any_of(config.readonly_paths, is_proc_sys); }

bool is_open_throughout(const Config& config) {
  return std::ranges::none_of(config.readonly_paths, [](const std::string& path) {
    const std::string plain = plain_path(path);
    return !plain.starts_with('/') || has_dot_dot(plain) || is_at_or_below(plain, kProcSys) ||
           is_at_or_above(plain, kProcSys);
  });
}

bool is_opened_by_us(const Config& config) {
  return config.annotations.contains(std::string(kOpenedKey)) || find_opening_hook(config) != nullptr;
}

const HookEntry* find_named_hook(const Config& config) {
  const auto found = std::ranges::find_if(config.hooks, [](const HookEntry& entry) {
    return entry.stage != HookStage::kCreateContainer && is_named_hook(entry);
  });
  return found == config.hooks.end() ? nullptr : &*found;
}

bool runs_hook(const Config& config, std::string_view hook_path) {
  return std::ranges::any_of(config.hooks, [hook_path](const HookEntry& entry) {
    return is_hook_at(entry, hook_path);
  });
}

Result<std::string> edit_for_create(std::string_view text, const CreateConfig& config, const CreateEdit& edit) {
  Result<std::string> edited = add_hooks(text, config, edit);
  if (edited && edit.open) {
    edited = remove_proc_sys(*edited, config.config.readonly_paths);
  }
  return edited ? add_annotations(*edited, config, edit) : std::move(edited);
}

}  // namespace sg::oci
