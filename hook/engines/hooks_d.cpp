// SPDX-License-Identifier: Apache-2.0
// hooks_d.cpp - the text of the hooks.d file; into which directory it goes, and out of which ones;
// and all such files, read as the engines do.
//
// A file of the same name in a later directory hides the earlier one. A file that is no JSON stops
// every container; one whose program is missing is passed over, and its containers start without a
// guard.
#include "engines/hooks_d.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/json_write.h"
#include "base/text.h"
#include "engines/hook_call.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {
namespace {

using List = std::vector<std::string>;
using Engines = std::vector<const Engine*>;

constexpr CheckStatus kFailed = CheckStatus::kFailed;

std::string file_in(const std::string& directory) { return directory + "/" + kHooksDFile; }

// "Podman and CRI-O".
std::string titles_of(Engines engines) {
  std::string titles;
  for (const Engine* engine : all_engines()) {
    if (std::ranges::find(engines, engine) != engines.end()) {
      titles += (titles.empty() ? "" : " and ") + std::string(engine->hooks_d->title);
    }
  }
  return titles;
}

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

bool is_our_registration(std::string_view text) {
  const std::optional<Registration> hook = parse(text);
  return hook && oci::is_our_hook(hook->call);
}

// Does such a file start the hook for every container?
bool guards_always(std::string_view text) {
  const std::optional<Registration> hook = parse(text);
  return hook && oci::is_our_hook(hook->call) && hook->always && !hook->is_limited &&
         hook->annotations.empty();
}

// A pattern that is ours, or one that an earlier version wrote.
bool is_any_pattern_of_ours(const std::pair<std::string, std::string>& annotation) {
  return annotation.first.find("sysctl-guard") != std::string::npos &&
         annotation.second == kAnnotationValuePattern;
}

// Conditions that no version of ours has written decide who is guarded, and who is not.
bool has_own_conditions(const Registration& hook) {
  return hook.is_limited || (hook.always && !hook.annotations.empty()) ||
         !std::ranges::all_of(hook.annotations, is_any_pattern_of_ours);
}

void check_stages(const Registration& hook, const Engine& engine, const std::string& file,
                  const std::string& id, std::vector<Check>& checks) {
  const auto has = [&hook](std::string_view stage) {
    return std::ranges::find(hook.stages, stage) != hook.stages.end();
  };
  const auto add = [&](bool is_wrong, CheckStatus status, const std::string& what) {
    if (is_wrong) {
      checks.push_back(
          {id, status, file + what, "run sysctl-guard install again, or correct " + file});
    }
  };
  add(!has("createRuntime") && !has("prestart"), kFailed,
      " registers the hook at no stage at which it can guard a container");
  add(has("createRuntime") && has("prestart"), CheckStatus::kWarning,
      " runs the hook twice for each container, at two stages");
  add(has("createContainer") || has("poststart") || has("startContainer"), kFailed,
      " registers the hook at a stage at which it refuses the container");
  if (engine.hooks_d->refuses_precreate && has("precreate")) {
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
      checks.push_back(
          {id, CheckStatus::kWarning,
           file + " runs the hook for annotations that match '" + escape(key) +
               "' with a value that matches '" + escape(value) +
               "'; these are not the patterns that install writes, and a "
               "container whose annotations they miss is not guarded",
           "write " + json_quote(kAnnotationKeyPattern) + ": " +
               json_quote(kAnnotationValuePattern) +
               (has_own_conditions(hook) ? "" : ", or run sysctl-guard install again")});
    }
  }
  if (hook.is_limited || (!hook.always && hook.annotations.empty())) {
    checks.push_back({id, kFailed, file + " has conditions under which the hook is not run",
                      "leave commands, hasBindMounts and a false always out of \"when\""});
  }
}

// Files that the engine reads, each name once: the last directory that has it.
Result<std::map<std::string, std::string>> files_of(const host::RootDir& root,
                                                    const HooksD& hooks_d) {
  const Result<List> directories = hooks_directories(root, hooks_d);
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

// Files of ours in directories that no engine here reads: containers start without a guard.
void check_unread(const host::RootDir& root, const Engine& engine, std::vector<Check>& checks) {
  const Result<List> own = hooks_directories(root, *engine.hooks_d);
  const Result<List> known = known_directories(root);
  if (!own || !known) {
    return;  // a check of its engine says so
  }
  for (const std::string& directory : *known) {
    const Result<Engines> others = readers_of(root, directory, engine);
    if (is_among(root, directory, *own) || !others || !others->empty()) {
      continue;
    }
    for (const std::string& name : root.list(directory, ".json")) {
      const std::string file = directory + "/" + name;
      const Result<FileText> text = root.read(file);
      if (text && is_our_registration(text->value_or(""))) {
        checks.push_back({"hook:" + engine.name(), CheckStatus::kWarning,
                          file + " registers the hook where " + std::string(engine.hooks_d->title) +
                              " does not look; it reads " +
                              (own->empty() ? "no directory" : join(*own, ", ")),
                          "remove it, and run sysctl-guard install " + engine.name()});
      }
    }
  }
}

}  // namespace

std::string hooks_d_text(const HooksDEntry& entry) {
  Json stages = Json::array();
  stages.add("createRuntime");
  if (entry.precreate) {
    stages.add("precreate");
  }
  Json when = Json::object({{"always", true}});
  if (!entry.all_containers) {
    const std::string key(kAnnotationKeyPattern);
    when = Json::object({{"annotations", Json::object({{key, kAnnotationValuePattern}})}});
  }
  return Json::object({{"version", "1.0.0"},
                       {"hook", call_json(entry.hook, entry.arguments)},
                       {"when", when},
                       {"stages", stages}})
      .document();
}

// How a file of ours that is there starts the hook. One with conditions of its own is not written
// anew.
Result<request::HookOptions> options_there(const std::string& file, std::string_view text) {
  const std::optional<Registration> hook = parse(text);
  if (!hook || !oci::is_our_hook(hook->call)) {
    return request::HookOptions();
  }
  if (has_own_conditions(*hook)) {
    return Error{Errc::kBadInput,
                 "'" + escape(file) +
                     "': its \"when\" has conditions that install did not write, and would drop",
                 "move the file to another name, or run --uninstall first, which removes it"};
  }
  return options_of_calls(file, std::span(&hook->call, 1));
}

Result<Engines> plan_hooks_d(const host::RootDir& root, const Engine& engine,
                             const InstallRequest& request, FilePlan& plan) {
  const Result<std::string> directory = hooks_directory(root, *engine.hooks_d);
  if (!directory) {
    return directory.error();
  }
  Result<Engines> refusing = readers_of(root, *directory, engine);
  if (!refusing) {
    return refusing;
  }
  std::erase_if(*refusing, [](const Engine* other) { return !other->hooks_d->refuses_precreate; });
  const std::string file = file_in(*directory);
  const Result<FileText> before = root.read(file);
  if (!before) {
    return before.error();
  }
  const bool was_for_all = guards_always(before->value_or(""));
  const Result<request::HookOptions> options = options_there(file, before->value_or(""));
  if (!options) {
    return options.error();
  }
  Status planned = plan_own_file(
      root, plan, file,
      hooks_d_text({.hook = request.programs.hook,
                    .all_containers = request.all_containers || was_for_all,
                    .precreate = !engine.hooks_d->refuses_precreate && refusing->empty(),
                    .arguments = arguments_of(*options)}),
      is_our_registration);
  if (!planned) {
    return std::move(planned).error();
  }
  if (was_for_all && !request.all_containers) {
    plan.remarks.emplace_back(kStaysForAll);
  }
  note_kept(file, *options, plan);
  return refusing;
}

Status unplan_hooks_d(const host::RootDir& root, const Engine& engine, FilePlan& plan) {
  const Result<List> known = known_directories(root);
  const Result<List> ours = known ? hooks_directories(root, *engine.hooks_d) : known.error();
  if (!ours) {
    return ours.error();
  }
  List places;
  Engines sharing;
  for (const std::string& directory : *known) {
    const Result<Engines> others = readers_of(root, directory, engine);
    if (!others) {
      return others.error();
    }
    if (!others->empty() && !is_among(root, directory, *ours)) {
      continue;
    }
    places.push_back(directory);
    Status planned =
        plan_own_file(root, plan, file_in(directory), std::nullopt, is_our_registration);
    if (!planned) {
      return planned;
    }
    if (root.has(file_in(directory))) {
      sharing.insert(sharing.end(), others->begin(), others->end());
    }
  }
  if (!changes_anything(plan)) {
    plan.remarks.push_back("looked in " + join(places, ", ") +
                           "; a file in a directory that was configured before stays there");
  } else if (!sharing.empty()) {
    sharing.push_back(&engine);
    plan.notes.push_back(titles_of(sharing) +
                         " read the same directory: the hook is gone for both");
  }
  return Ok{};
}

bool guards_all_by_hooks_d(const host::RootDir& root, const Engine& engine) {
  const Result<std::map<std::string, std::string>> files = files_of(root, *engine.hooks_d);
  return files && std::ranges::any_of(*files, [&root](const auto& file) {
           const Result<FileText> text = root.read(file.second);
           return text && guards_always(text->value_or(""));
         });
}

std::vector<Check> check_hooks_d(const host::RootDir& root, const Engine& engine) {
  const std::string id = "hook:" + engine.name();
  const Result<std::map<std::string, std::string>> files = files_of(root, *engine.hooks_d);
  if (!files) {
    return {failed_check(engine, "", files.error())};
  }
  std::vector<Check> checks;
  std::vector<std::string> ours;
  for (const auto& [unused, file] : *files) {
    const Result<FileText> text = root.read(file);
    const std::optional<Registration> hook =
        text ? parse(text->value_or("")) : std::optional<Registration>();
    // Version 0.1.0 is an older form.
    if (!hook || (hook->version != "1.0.0" && hook->version != "0.1.0")) {
      const std::string why = hook ? "has no \"version\" that is known" : "cannot be read as JSON";
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
  const bool is_well = checks.empty();
  check_unread(root, engine, checks);
  if (ours.empty()) {
    checks.push_back(not_registered(engine));
  } else if (is_well) {
    checks.push_back({id, CheckStatus::kOk, "registered by " + ours.front(), ""});
  }
  return checks;
}

}  // namespace sg::engines
