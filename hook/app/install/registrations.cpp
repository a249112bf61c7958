// SPDX-License-Identifier: Apache-2.0
// registrations.cpp - reads the hooks.d files as the engines do.
//
// A file of the same name in a later directory hides the earlier one. A file that is no JSON stops every
// container; one whose program is missing is passed over, and its containers start without a guard.
#include "app/install/registrations.h"

#include <algorithm>
#include <map>
#include <optional>

#include "app/install/go_pattern.h"
#include "app/install/hook_call.h"
#include "app/install/hooks_d.h"
#include "base/json.h"
#include "policy/annotations.h"

namespace sg::app {
namespace {

constexpr std::string_view kNotRegistered = "the hook is not registered";
constexpr CheckStatus kFailed = CheckStatus::kFailed;

// What of a hooks.d file is looked at.
struct Registration {
  std::string version;
  HookCall call;
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
  const std::vector<HookCall> calls = hook_calls(*items, 1);
  out.call = calls.empty() ? HookCall() : calls.front();
  return out;
}

bool has_stage(const Registration& hook, std::string_view stage) {
  return std::ranges::find(hook.stages, stage) != hook.stages.end();
}

// Patterns are found anywhere in a text unless they say where it begins, and no '.' matches a line break.
bool matches_any_value(const std::string& pattern) {
  return pattern.empty() || pattern == ".*" || pattern == "^" || pattern == "^.*";
}

void check_stages(const Registration& hook, Engine engine, const std::string& file,
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
  if (engine == Engine::kCrio && has_stage(hook, "precreate")) {
    checks.push_back({id, kFailed,
                      file + " has the precreate stage, with which CRI-O starts no container",
                      "sysctl-guard install cri-o"});
  }
}

// Does the pattern of a key match each key that the hook reads? An engine wants all of a file's patterns matched,
// so one that misses a key leaves a container with that one alone without a guard.
void check_key(const std::string& pattern, const std::string& file, const std::string& id,
               std::vector<Check>& checks) {
  const std::string write =
      "write " + json_quote(kAnnotationKeyPattern) + " as the pattern of keys";
  for (const std::string_view name : policy::kAnnotationKeys) {
    const std::string key = std::string(policy::kAnnotationPrefix).append(name);
    for (const std::string& form : {key, key + "/NAME"}) {
      const PatternMatch match = match_go_pattern(pattern, form);
      if (match == PatternMatch::kUnknown) {
        checks.push_back({id, CheckStatus::kUnknown,
                          file + " has the pattern '" + pattern +
                              "', of which nobody here can tell what it matches",
                          write});
        return;
      }
      if (match == PatternMatch::kNo) {
        checks.push_back(
            {id, kFailed,
             file + " does not run the hook for '" + form + "': the pattern is '" + pattern + "'",
             write});
        return;
      }
    }
  }
  const std::string misspelled = std::string(policy::kAnnotationPrefix) + "alow";
  const std::string quoted = "\"" + std::string(policy::kAnnotationPrefix) + "allow";
  for (const std::string& form : {misspelled, quoted}) {
    if (match_go_pattern(pattern, form) == PatternMatch::kNo) {
      checks.push_back({id, CheckStatus::kWarning,
                        file + " does not run the hook for misspelled keys, as '" + form + "'",
                        write});
      return;
    }
  }
}

void check_conditions(const Registration& hook, const std::string& file, const std::string& id,
                      std::vector<Check>& checks) {
  for (const auto& [key, value] : hook.annotations) {
    check_key(key, file, id, checks);
    if (!key.starts_with('^')) {
      checks.push_back(
          {id, CheckStatus::kWarning,
           file + " also runs the hook for annotations that only contain '" + key + "'",
           "begin the pattern with '^'"});
    }
    if (!matches_any_value(value)) {
      checks.push_back({id, kFailed,
                        file + " does not run the hook for every value of '" + key + "'",
                        "write \".*\" as the value: no '.' matches a line break"});
    }
  }
  if (hook.is_limited || (!hook.always && hook.annotations.empty())) {
    checks.push_back({id, kFailed, file + " has conditions under which the hook is not run",
                      "leave commands, hasBindMounts and a false always out of \"when\""});
  }
}

// Why an engine starts no container while this file is there; "" for nothing. Version 0.1.0 is an older form.
std::string why_no_container(const std::optional<Registration>& hook) {
  if (!hook) {
    return "cannot be read as JSON";
  }
  const bool is_known = hook->version == "1.0.0" || hook->version == "0.1.0";
  return is_known ? "" : "has no \"version\" that is known";
}

// Files that engine reads, each name once: the last directory that has it.
Result<std::map<std::string, std::string>> files_of(const host::RootDir& root, Engine engine) {
  const Result<std::vector<std::string>> directories = hooks_directories(root, engine);
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

Check not_registered(const std::string& engine) {
  return {"hook:" + engine, CheckStatus::kWarning, std::string(kNotRegistered),
          "sysctl-guard install " + engine};
}

bool runs_hook(const std::vector<Check>& checks) noexcept {
  return std::ranges::none_of(checks, [](const Check& check) {
    return check.status == kFailed || check.summary == kNotRegistered;
  });
}

bool is_our_registration(std::string_view text) {
  const std::optional<Registration> hook = parse(text);
  return hook && is_our_hook(hook->call);
}

bool guards_always(std::string_view text) {
  const std::optional<Registration> hook = parse(text);
  return hook && is_our_hook(hook->call) && hook->always && !hook->is_limited &&
         hook->annotations.empty();
}

std::vector<Check> check_registration(const host::RootDir& root, const std::string& file,
                                      std::string_view text, Engine engine, const std::string& id) {
  const std::optional<Registration> hook = parse(text);
  if (!hook) {
    return {};
  }
  std::vector<Check> checks = check_hook_call(root, id, file, hook->call);
  check_stages(*hook, engine, file, id, checks);
  check_conditions(*hook, file, id, checks);
  return checks;
}

std::vector<Check> check_hooks_d(const host::RootDir& root, Engine engine) {
  const std::string name = engine == Engine::kCrio ? "cri-o" : "podman";
  const std::string id = "hook:" + name;
  const Result<std::map<std::string, std::string>> files = files_of(root, engine);
  if (!files) {
    return {{id, kFailed, files.error().message,
             files.error().hint.empty() ? "let root read it" : files.error().hint}};
  }
  std::vector<Check> checks;
  std::vector<std::string> ours;
  for (const auto& [unused, file] : *files) {
    const Result<std::optional<std::string>> text = root.read(file);
    const std::string content = text ? text->value_or("") : "";
    if (const std::string why = why_no_container(text ? parse(content) : std::nullopt);
        !why.empty()) {
      checks.push_back({id, kFailed, file + " " + why + ", so " + name + " starts no container",
                        "correct the file or remove it"});
      continue;
    }
    if (is_our_registration(content)) {
      ours.push_back(file);
      const std::vector<Check> more = check_registration(root, file, content, engine, id);
      checks.insert(checks.end(), more.begin(), more.end());
    }
  }
  if (ours.size() > 1) {
    checks.push_back({id, CheckStatus::kWarning,
                      "the hook is registered twice: " + ours[0] + " and " + ours[1],
                      "remove one of them"});
  }
  if (ours.empty()) {
    checks.push_back(not_registered(name));
  } else if (checks.empty()) {
    checks.push_back({id, CheckStatus::kOk, "registered by " + ours.front(), ""});
  }
  return checks;
}

}  // namespace sg::app
