// SPDX-License-Identifier: Apache-2.0
// open_proc_sys.cpp - the hook goes in before /proc/sys goes out; each change is one splice of the
// text.
//
// What is not understood stays closed: an unusual spelling of a path is not taken out.
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

using Annotation = std::pair<std::string_view, std::string>;

constexpr const char* kWhat = "config.json";
// Members of the document.
constexpr std::string_view kVersion = "ociVersion";
constexpr std::string_view kHooks = "hooks";
constexpr std::string_view kAnnotations = "annotations";
constexpr std::array<std::string_view, 2> kReadonlyPaths = {"linux", "readonlyPaths"};
constexpr std::array<std::string_view, 2> kAppArmorProfile = {"process", "apparmorProfile"};
// Members of kHooks.
constexpr std::string_view kRuntimeStage = "createRuntime";
constexpr std::string_view kContainerStage = "createContainer";

// A path with a zero byte is another one to runtimes in C, a relative one depends on who reads it.
bool is_hook_at(const HookEntry& entry, std::string_view path) {
  return entry.stage != HookStage::kCreateContainer && entry.path == path &&
         path.starts_with('/') && path.find('\0') == std::string_view::npos &&
         std::ranges::none_of(entry.args, [](const std::string& argument) {
           return argument == "--help" || argument == "--version" || argument == kOpenOption;
         });
}

bool is_named_hook(const HookEntry& entry) {
  return entry.path.substr(entry.path.find_last_of('/') + 1) == kHookName;
}

// An entry as it stands among others, on one line.
std::string hook_entry(const std::string& path, const std::vector<std::string>& args) {
  std::string entry = R"({"path":)" + json_quote(path) + R"(,"args":[)" + json_quote(kHookName);
  for (const std::string& argument : args) {
    entry += "," + json_quote(argument);
  }
  return entry + "]}";
}

std::string guarding_entry(const CreateEdit& edit) {
  return hook_entry(edit.hook_path, edit.hook_args);
}

std::string opening_entry(const CreateEdit& edit) {
  std::vector<std::string> args = {std::string(kOpenOption)};
  args.insert(args.end(), edit.open->begin(), edit.open->end());
  return hook_entry(edit.hook_path, args);
}

// An entry that goes last at its stage.
struct NewEntry {
  std::string_view stage;
  std::string text;
};

// The entries that are not there yet.
std::vector<NewEntry> new_entries(const Config& config, const CreateEdit& edit) {
  std::vector<NewEntry> entries;
  if (!runs_hook(config, edit.hook_path)) {
    entries.push_back({kRuntimeStage, guarding_entry(edit)});
  }
  if (edit.open && edit.lock && find_opening_hook(config) == nullptr) {
    entries.push_back({kContainerStage, opening_entry(edit)});
  }
  return entries;
}

// The hook at createContainer that opens other paths than are now wanted.
const HookEntry* outdated_entry(const Config& config, const CreateEdit& edit) {
  const HookEntry* const old = edit.open && edit.lock ? find_opening_hook(config) : nullptr;
  if (old == nullptr) {
    return nullptr;
  }
  const std::vector<std::string> args(old->args.begin() + 1, old->args.end());
  std::vector<std::string> wanted = {std::string(kOpenOption)};
  wanted.insert(wanted.end(), edit.open->begin(), edit.open->end());
  return old->path == edit.hook_path && args == wanted ? nullptr : old;
}

// Puts members into the top-level object `key`. All of it where it is absent, which goes to
// `absent`, or null.
void add_members(JsonDocument& document, std::string_view key,
                 const std::vector<std::string>& members, std::vector<std::string>& absent) {
  if (members.empty()) {
    return;
  }
  const JsonItem* const object = document.find({&key, 1});
  if (object != nullptr && object->type == JsonType::kObject) {
    document.add_children(*object, members);
    return;
  }
  const std::string whole = "{" + join(members, ",") + "}";
  if (object != nullptr) {
    document.replace(*object, whole);
  } else {
    absent.push_back(json_member(key, whole));
  }
}

void edit_hooks(JsonDocument& document, const Config& config, const CreateEdit& edit,
                std::vector<std::string>& absent) {
  std::vector<std::string> stages;
  for (const NewEntry& entry : new_entries(config, edit)) {
    const std::array<std::string_view, 2> path = {kHooks, entry.stage};
    const JsonItem* const stage = document.find(path);
    const std::string whole = "[" + entry.text + "]";
    if (stage == nullptr) {
      stages.push_back(json_member(entry.stage, whole));
    } else if (stage->type == JsonType::kArray) {
      document.add_children(*stage, {&entry.text, 1});
    } else {
      document.replace(*stage, whole);
    }
  }
  add_members(document, kHooks, stages, absent);
  if (const HookEntry* const old = outdated_entry(config, edit)) {
    const std::string index = std::to_string(old->index);
    const std::array<std::string_view, 3> path = {kHooks, kContainerStage, index};
    document.replace(*document.find(path), opening_entry(edit));
  }
}

// Takes it out. Without a lock what everybody may write stays read-only, in its place.
void remove_proc_sys(JsonDocument& document, const Config& config, bool lock) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < config.readonly_paths.size(); ++i) {
    if (is_proc_sys(config.readonly_paths[i])) {
      indices.push_back(i);
    }
  }
  if (!lock && !indices.empty()) {
    const std::string first = std::to_string(indices.front());
    const std::array<std::string_view, 3> path = {kReadonlyPaths[0], kReadonlyPaths[1], first};
    document.replace(*document.find(path), json_quote(kLastPid));
    indices.erase(indices.begin());
  }
  if (!indices.empty()) {
    document.remove_elements(*document.find(kReadonlyPaths), indices);
  }
}

// What the edit says of itself, as far as the document does not say so yet. A mark that is there
// keeps its value.
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
  // One that is there without a reason of ours somebody else has written.
  if (value_of(kClosedKey).value_or("") != edit.against) {
    annotations.emplace_back(kClosedKey, edit.against);
  }
  return annotations;
}

void edit_annotations(JsonDocument& document, const Config& config, const CreateEdit& edit,
                      std::vector<std::string>& absent) {
  std::vector<std::string> members;
  for (const auto& [key, value] : new_annotations(config, edit)) {
    const std::array<std::string_view, 2> path = {kAnnotations, key};
    if (const JsonItem* const old = document.find(path)) {
      document.replace(*old, json_quote(value));
    } else {
      members.push_back(json_member(key, json_quote(value)));
    }
  }
  add_members(document, kAnnotations, members, absent);
}

// From `begin` to the next slash. No list of all of them is made: a path may have millions.
std::string_view component_at(std::string_view path, std::size_t begin) {
  return path.substr(begin, path.find('/', begin) - begin);
}

}  // namespace

std::string closed_text(const std::map<std::string, std::string>& annotations) {
  constexpr std::size_t kTextMax = 256;
  const auto found = annotations.find(std::string(kClosedKey));
  return found == annotations.end() || found->second.empty()
             ? ""
             : "as its annotation " + std::string(kClosedKey) + " says, '" +
                   escape(found->second, kTextMax) + "'";
}

bool is_closed(const Config& config) {
  return std::ranges::any_of(config.readonly_paths, is_proc_sys);
}

bool is_open_throughout(const Config& config) {
  return std::ranges::none_of(config.readonly_paths, [](const std::string& path) {
    const std::string plain = plain_path(path);
    return !plain.starts_with('/') || has_dot_dot(plain) || is_at_or_below(plain, kProcSys) ||
           is_at_or_below(kProcSys, plain);
  });
}

bool is_opened_by_us(const Config& config) {
  return config.annotations.contains(std::string(kOpenedKey)) ||
         find_opening_hook(config) != nullptr;
}

bool is_our_hook(const HookEntry& entry) {
  return is_named_hook(entry) || (!entry.args.empty() && entry.args[0] == kHookName);
}

const HookEntry* find_opening_hook(const Config& config) {
  const auto found = std::ranges::find_if(config.hooks, [](const HookEntry& entry) {
    return entry.stage == HookStage::kCreateContainer && entry.args.size() > 1 &&
           entry.args[1] == kOpenOption && is_our_hook(entry);
  });
  return found == config.hooks.end() ? nullptr : &*found;
}

const HookEntry* find_named_hook(const Config& config) {
  const auto found = std::ranges::find_if(config.hooks, [](const HookEntry& entry) {
    return entry.stage != HookStage::kCreateContainer && is_named_hook(entry);
  });
  return found == config.hooks.end() ? nullptr : &*found;
}

bool runs_hook(const Config& config, std::string_view hook_path) {
  return std::ranges::any_of(
      config.hooks, [hook_path](const HookEntry& entry) { return is_hook_at(entry, hook_path); });
}

Result<std::string> edit_for_create(std::string_view text, const CreateConfig& config,
                                    const CreateEdit& edit) {
  // Members that are absent go behind ociVersion, which engines write first. Without one all of the
  // document is read, for its end.
  std::vector<std::vector<std::string_view>> wanted = {{}};
  if (config.has_version) {
    wanted = {{kVersion},
              {kHooks},
              {kAnnotations},
              {kReadonlyPaths.begin(), kReadonlyPaths.end()},
              {kAppArmorProfile.begin(), kAppArmorProfile.end()}};
  }
  Result<JsonDocument> document = JsonDocument::read(text, kWhat, wanted);
  if (!document) {
    return std::move(document).error();
  }
  std::vector<std::string> absent;
  edit_hooks(*document, config.config, edit, absent);
  if (edit.open) {
    remove_proc_sys(*document, config.config, edit.lock);
  }
  edit_annotations(*document, config.config, edit, absent);
  if (!edit.apparmor_profile.empty()) {
    document->replace(*document->find(kAppArmorProfile), json_quote(edit.apparmor_profile));
  }
  if (!absent.empty() && config.has_version) {
    document->add_behind(*document->find({&kVersion, 1}), absent);
  } else if (!absent.empty()) {
    document->add_children(*document->find({}), absent);
  }
  return document->edited();
}

std::string plain_path(std::string_view path) {
  if (!path.starts_with('/')) {
    return std::string(path);
  }
  std::string plain;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::string_view component = component_at(path, begin);
    if (!component.empty() && component != ".") {
      plain.append("/").append(component);
    }
    begin += component.size() + 1;
  }
  return plain.empty() ? "/" : plain;
}

bool has_dot_dot(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    const std::string_view component = component_at(path, begin);
    if (component == "..") {
      return true;
    }
    begin += component.size() + 1;
  }
  return false;
}

bool is_in_process(std::string_view plain) {
  constexpr std::string_view kBelowProc = "/proc/";
  if (!plain.starts_with(kBelowProc)) {
    return false;
  }
  const std::string_view entry = component_at(plain, kBelowProc.size());
  return entry == "self" || entry == "thread-self" ||
         (!entry.empty() && entry[0] >= '0' && entry[0] <= '9');
}

bool is_proc_sys(std::string_view path) { return plain_path(path) == kProcSys; }

}  // namespace sg::oci
