// SPDX-License-Identifier: Apache-2.0
// registrations.cpp - reads the hooks.d files as the engines do.
//
// A file of the same name in a later directory hides the earlier one. A file that is no JSON stops
// every container; one whose program is missing is passed over, and its containers start without a
// guard.
#include "engines/registrations.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/json.h"
#include "engines/hook_call.h"
#include "engines/hooks_d.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {
namespace {

constexpr CheckStatus kFailed = CheckStatus::kFailed;

// What of a hooks.d file is looked at.
struct Registration {
  std::string version;
  oci::HookEntry call;
  std::vector<std::string> stages;
  std::vector<std::pair<std::string, std::string>> annotations;
  bool always = false;
  bool is_limited = false;  // by commands or bind mounts, or never run
};

std::optional<Registration> parse(std::string_view text) {
  const std::vector<std::vector<std::string_view>> wanted = {
      {"version"}, {"hook"}, {"stages"}, {"when"}};
  const Result<std::vector<JsonItem>> items = read_json(text, "it", wanted);
  if (!items) {
    return std::nullopt;
  }
  Registration out;
  for (const JsonItem& item : *items) {
    const std::vector<std::string>& path = item.path;
    if (path.size() == 1 && path[0] == "version") {
      out.version = item.text;
    } else if (path.size() == 2 && path[0] == "stages") {
      out.stages.push_back(item.text);
    } else if (path.size() == 3 && path[1] == "annotations") {
      out.annotations.emplace_back(path[2], item.text);
    } else if (path.size() == 2 && path[1] == "always") {
      out.always = item.text == "true";
      out.is_limited = out.is_limited || !out.always;
    } else if (path.size() == 2 && (path[1] == "commands" || path[1] == "hasBindMounts")) {
      out.is_limited = true;
    }
  }
  const std::vector<oci::HookEntry> calls = hook_calls(*items, 1);
  out.call = calls.empty() ? oci::HookEntry() : calls.front();
  return out;
}

bool has_stage(const Registration& hook, std::string_view stage) {
  return std::ranges::find(hook.stages, stage) != hook.stages.end();
}

void check_stages(const Registration& hook, const Engine& engine, const std::string& file,
                  const std::string& id, std::vector<Check>& checks) {
  const std::string again = "run sysctl-guard install again, or correct " + file;
  if (!has_stage(hook, "createRuntime") && !has_stage(hook, "prestart")) {
    checks.push_back({id, kFailed,
                      file + " registers the hook at no stage at which it can guard a container",
                      again});
  }
  if (has_stage(hook, "createRuntime") && has_stage(hook, "prestart")) {
    checks.push_back({id, CheckStatus::kWarning,
                      file + " runs the hook twice for each container, at two stages", again});
  }
  if (has_stage(hook, "createContainer") || has_stage(hook, "poststart") ||
      has_stage(hook, "startContainer")) {
    checks.push_back({id, kFailed,
                      file + " registers the hook at a stage at which it refuses the container",
                      again});
  }
  if (engine.hooks_d->refuses_precreate && has_stage(hook, "precreate")) {
    checks.push_back({id, kFailed,
                      file + " has the precreate stage, with which " +
                          std::string(engine.hooks_d->title) + " starts no container",
                      "sysctl-guard install " + engine.name()});
  }
}

void check_conditions(const Registration& hook, const std::string& file, const std::string& id,
                      std::vector<Check>& checks) {
  for (const auto& [key, value] : hook.annotations) {
    if (key != kAnnotationKeyPattern || value != kAnnotationValuePattern) {
      checks.push_back({id, CheckStatus::kWarning,
                        file + " runs the hook for annotations that match '" + key +
                            "' with a value that " + "matches '" + value +
                            "'; these are not the patterns that install writes, and a "
                            "container whose annotations they miss is not guarded",
                        "write " + json_quote(kAnnotationKeyPattern) + ": " +
                            json_quote(kAnnotationValuePattern) +
                            ", or run sysctl-guard install again"});
    }
  }
  if (hook.is_limited || (!hook.always && hook.annotations.empty())) {
    checks.push_back({id, kFailed, file + " has conditions under which the hook is not run",
                      "leave commands, hasBindMounts and a false always out of \"when\""});
  }
}

// Why an engine starts no container while this file is there; "" for nothing. Version 0.1.0 is an
// older form.
std::string why_no_container(const std::optional<Registration>& hook) {
  if (!hook) {
    return "cannot be read as JSON";
  }
  const bool is_known = hook->version == "1.0.0" || hook->version == "0.1.0";
  return is_known ? "" : "has no \"version\" that is known";
}

// Files that engine reads, each name once: the last directory that has it.
Result<std::map<std::string, std::string>> files_of(const host::RootDir& root,
                                                    const HooksD& hooks_d) {
  const Result<std::vector<std::string>> directories = hooks_directories(root, hooks_d);
  if (!directories) {
    return directories.error();
  }
  std::map<std::string, std::string> files;
  for (const std::string& directory : *directories) {
    for (const std::string& name : root.list(directory, ".json")) {
      files[name] = directory + "/" + name;
    }
  }
  return files;
}

}  // namespace

bool is_our_registration(std::string_view text) {
  const std::optional<Registration> hook = parse(text);
  return hook && oci::is_our_hook(hook->call);
}

bool guards_always(std::string_view text) {
  const std::optional<Registration> hook = parse(text);
  return hook && oci::is_our_hook(hook->call) && hook->always && !hook->is_limited &&
         hook->annotations.empty();
}

std::vector<Check> check_hooks_d(const host::RootDir& root, const Engine& engine) {
  const std::string id = "hook:" + engine.name();
  const Result<std::map<std::string, std::string>> files = files_of(root, *engine.hooks_d);
  if (!files) {
    return {{id, kFailed, files.error().message,
             files.error().hint.empty() ? "let root read it" : files.error().hint}};
  }
  std::vector<Check> checks;
  std::vector<std::string> ours;
  for (const auto& [unused, file] : *files) {
    const Result<std::optional<std::string>> text = root.read(file);
    const std::optional<Registration> hook =
        text ? parse(text->value_or("")) : std::optional<Registration>();
    if (const std::string why = why_no_container(hook); !why.empty()) {
      checks.push_back({id, kFailed,
                        file + " " + why + ", so " + engine.name() + " starts no container",
                        "correct the file or remove it"});
    } else if (oci::is_our_hook(hook->call)) {
      ours.push_back(file);
      const std::vector<Check> wrong_call = check_hook_call(root, id, file, hook->call);
      checks.insert(checks.end(), wrong_call.begin(), wrong_call.end());
      check_stages(*hook, engine, file, id, checks);
      check_conditions(*hook, file, id, checks);
    }
  }
  if (ours.size() > 1) {
    checks.push_back({id, CheckStatus::kWarning,
                      "the hook is registered twice: " + ours[0] + " and " + ours[1],
                      "remove one of them"});
  }
  if (ours.empty()) {
    checks.push_back(not_registered(engine));
  } else if (checks.empty()) {
    checks.push_back({id, CheckStatus::kOk, "registered by " + ours.front(), ""});
  }
  return checks;
}

}  // namespace sg::engines
