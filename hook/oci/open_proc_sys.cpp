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

// The capabilities that undo the guard, as words for a message; empty where there are none.
std::string dangerous_capabilities(const std::vector<std::string>& capabilities) {
  bool bpf = false;
  bool net_admin = false;
  for (const std::string& text : capabilities) {
    const std::string name = capability_name(text);
    if (name.empty()) {
      return "a capability '" + escape(text, 64) + "' of unknown spelling";
    }
    if (name == "CAP_SYS_ADMIN") {
      return name;
    }
    bpf = bpf || name == "CAP_BPF";
    net_admin = net_admin || name == "CAP_NET_ADMIN";
  }
  return bpf && net_admin ? "CAP_BPF with CAP_NET_ADMIN" : "";
}

bool has_user_namespace_of_its_own(const Config& config) {
  return std::ranges::any_of(config.namespaces, [](const Namespace& ns) {
    return ns.type == "user" && ns.path.empty();
  });
}

// A path with a zero byte is another one to runtimes in C, a relative one depends on who reads it.
bool is_guard_hook(const HookEntry& entry, std::string_view hook_path) {
  const std::string_view path = entry.path;
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) {
    return false;
  }
  const bool ours = path == hook_path || path.substr(path.find_last_of('/') + 1) == kHookName;
  return ours && std::ranges::none_of(entry.args, [](const std::string& argument) {
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

std::string reason_to_stay_closed(const CreateConfig& config) {
  if (std::ranges::any_of(config.masked_paths, hides_proc_sys)) {
    return "it is among the masked paths";
  }
  const std::string dangerous = dangerous_capabilities(config.capabilities);
  if (!dangerous.empty() && !has_user_namespace_of_its_own(config.config)) {
    return "the container has " + dangerous + ", which can undo the guard";
  }
  return "";
}

const HookEntry* find_guard_hook(const CreateConfig& config, std::string_view hook_path) {
  const auto found = std::ranges::find_if(config.hooks, [hook_path](const HookEntry& entry) {
    return is_guard_hook(entry, hook_path);
  });
  return found == config.hooks.end() ? nullptr : &*found;
}

Result<std::string> edit_for_create(std::string_view text, const CreateConfig& config,
                                    const CreateEdit& edit) {
  std::string edited(text);
  if (find_guard_hook(config, edit.hook_path) == nullptr) {
    Result<std::string> hooked = add_hook(edited, config, edit);
    if (!hooked) {
      return hooked;
    }
    edited = *std::move(hooked);
  }
  if (edit.open && reason_to_stay_closed(config).empty()) {
    return remove_proc_sys(std::move(edited), config.readonly_paths);
  }
  return edited;
}

}  // namespace sg::oci
