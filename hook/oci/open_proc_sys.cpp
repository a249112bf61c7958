// SPDX-License-Identifier: Apache-2.0
// open_proc_sys.cpp - the hook goes in before /proc/sys goes out; each change is one splice of the text.
//
// What is not understood stays closed: an unusual spelling of a path is not taken out, a capability of an
// unusual spelling is taken for the worst.
#include "oci/open_proc_sys.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/json.h"
#include "base/json_edit.h"
#include "base/text.h"

namespace sg::oci {
namespace {

constexpr const char* kWhat = "config.json";

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

bool is_proc_sys(std::string_view path) { return plain_path(path) == "/proc/sys"; }

bool hides_proc_sys(std::string_view path) {
  const std::string plain = plain_path(path);
  return plain == "/proc/sys" || plain == "/proc" || plain == "/";
}

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

// The capabilities that undo the guard, as words for a message; empty where there are none. Beside those that
// let a task load or detach programs: what gives it the kernel, or another process, of the host.
std::string dangerous_capabilities(const CreateConfig& config) {
  const bool sees_others = !has_new_namespace(config.config, "pid");
  bool bpf = false;
  bool net_admin = false;
  for (const std::string& text : config.capabilities) {
    const std::string name = capability_name(text);
    if (name.empty()) {
      return "a capability '" + escape(text, 64) + "' of unknown spelling";
    }
    if (name == "CAP_SYS_ADMIN" || name == "CAP_SYS_MODULE" || name == "CAP_SYS_RAWIO") {
      return name;
    }
    if (name == "CAP_SYS_PTRACE" && sees_others) {
      return "CAP_SYS_PTRACE and no PID namespace of its own";
    }
    bpf = bpf || name == "CAP_BPF";
    net_admin = net_admin || name == "CAP_NET_ADMIN";
  }
  return bpf && net_admin ? "CAP_BPF with CAP_NET_ADMIN" : "";
}

bool is_at_or_below(std::string_view path, std::string_view above) {
  return path.starts_with(above) &&
         (above == "/" || path.size() == above.size() || path[above.size()] == '/');
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

// How the container could leave its cgroup, and with it the guard: by a cgroup.procs that it can write. One that
// is bound from the host counts whatever its options say, since a read-only bind leaves what is mounted below
// it writable. Empty where there is no way.
std::string way_out_of_cgroup(const CreateConfig& config,
                              std::span<const std::string> cgroup_mounts) {
  const bool has_own_view = has_new_namespace(config.config, "cgroup");
  for (const Mount& mount : config.mounts) {
    if ((mount.type == "cgroup" || mount.type == "cgroup2") && !is_read_only(mount) && !has_own_view) {
      return "a writable mount of cgroups and no cgroup namespace of its own";
    }
    if (!is_bind(mount)) {
      continue;
    }
    const std::string source = plain_path(mount.source);
    for (const std::string& point : cgroup_mounts) {
      if (!source.starts_with('/') || source.find("/..") != std::string::npos ||
          is_at_or_below(source, point) || is_at_or_below(point, source)) {
        return "a bind mount of '" + escape(mount.source, 96) + "', where the host's cgroups are or could be";
      }
    }
  }
  return "";
}

// A path with a zero byte is another one to runtimes in C, a relative one depends on who reads it.
bool is_hook_at(const HookEntry& entry, std::string_view path) {
  return entry.path == path && path.starts_with('/') && path.find('\0') == std::string_view::npos &&
         std::ranges::none_of(entry.args, [](const std::string& argument) {
           return argument == "--help" || argument == "--version";
         });
}

// The entry as it stands among others, on one line.
std::string hook_entry(const CreateEdit& edit) {
  std::string entry = R"({"path":)" + json_quote(edit.hook_path) + R"(,"args":[)" + json_quote(kHookName);
  for (const std::string& argument : edit.hook_args) {
    entry += "," + json_quote(argument);
  }
  return entry + "]}";
}

// Behind ociVersion where there are no hooks yet: it is the first member, and the rest is not read.
Result<std::string> add_hook(std::string_view text, const CreateConfig& config,
                             const CreateEdit& edit) {
  static constexpr std::array<std::string_view, 2> kStage = {"hooks", "createRuntime"};
  const std::string entry = hook_entry(edit);
  if (config.has_version && !config.has_hooks) {
    return json_add_behind(text, kWhat, "ociVersion", "hooks", R"({"createRuntime":[)" + entry + "]}");
  }
  return json_append(text, kWhat, kStage, entry);
}

// From the last to the first, so that the numbers of those before stay true.
Result<std::string> remove_proc_sys(std::string text, const std::vector<std::string>& paths) {
  for (std::size_t i = paths.size(); i-- > 0;) {
    if (!is_proc_sys(paths[i])) {
      continue;
    }
    const std::string index = std::to_string(i);
    const std::array<std::string_view, 3> element = {"linux", "readonlyPaths", index};
    Result<std::string> removed = json_remove(text, kWhat, element);
    if (!removed) {
      return removed;
    }
    text = *std::move(removed);
  }
  return text;
}

}  // namespace

std::string reason_to_stay_closed(const CreateConfig& config,
                                  std::span<const std::string> cgroup_mounts) {
  if (std::ranges::any_of(config.masked_paths, hides_proc_sys)) {
    return "it is among the masked paths";
  }
  const bool is_harmless =
      has_new_namespace(config.config, "user") && has_new_namespace(config.config, "cgroup");
  const std::string dangerous = is_harmless ? "" : dangerous_capabilities(config);
  if (!dangerous.empty()) {
    return "the container has " + dangerous + ", which can undo the guard";
  }
  const std::string way_out = way_out_of_cgroup(config, cgroup_mounts);
  return way_out.empty() ? "" : "the container has " + way_out + ", and could leave the guard";
}

const HookEntry* find_named_hook(const CreateConfig& config) {
  const auto found = std::ranges::find_if(config.hooks, [](const HookEntry& entry) {
    return entry.path.substr(entry.path.find_last_of('/') + 1) == kHookName;
  });
  return found == config.hooks.end() ? nullptr : &*found;
}

bool runs_hook(const CreateConfig& config, std::string_view hook_path) {
  return std::ranges::any_of(config.hooks, [hook_path](const HookEntry& entry) {
    return is_hook_at(entry, hook_path);
  });
}

Result<std::string> edit_for_create(std::string_view text, const CreateConfig& config,
                                    const CreateEdit& edit) {
  std::string edited(text);
  if (!runs_hook(config, edit.hook_path)) {
    Result<std::string> hooked = add_hook(edited, config, edit);
    if (!hooked) {
      return hooked;
    }
    edited = *std::move(hooked);
  }
  if (edit.open && reason_to_stay_closed(config, edit.cgroup_mounts).empty()) {
    return remove_proc_sys(std::move(edited), config.readonly_paths);
  }
  return edited;
}

}  // namespace sg::oci
