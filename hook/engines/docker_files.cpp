// SPDX-License-Identifier: Apache-2.0
// docker_files.cpp - in daemon.json one member of "runtimes" set and removed, and the default
// runtime where asked; in runtime.json the setting, and who made it.
//
// Removing must tell an object of daemon.json that we made from an empty one that was there.
// Members go directly behind the bracket of an object that is there: {"sysctl-guard": ...}. An
// object that we make has a blank: { "sysctl-guard": ... }. A file that we make is one text, known
// to the byte, and so is what we write behind the blanks of a file that has nothing else, as
// dockerd accepts it: none of these layouts may change while files of earlier versions are about.
#include "engines/docker_files.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_edit.h"
#include "base/json_write.h"
#include "base/text.h"
#include "host/runtime_settings.h"

namespace sg::engines {
namespace {

using Keys = std::vector<std::string_view>;

constexpr std::string_view kName = "sysctl-guard";
constexpr std::string_view kDefaultKey = "default-runtime";
constexpr std::string_view kWrapper = "/sysctl-guard-runtime";

std::string entry_text(const std::string& path) { return Json::object({{"path", path}}).line(); }

std::string object_text(const std::string& path) {
  return "{ " + json_member(kName, entry_text(path)) + " }";
}

std::string file_text(const std::string& path) {
  return "{\n  " + json_member("runtimes", object_text(path)) + "\n}\n";
}

bool is_blank_text(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// What a file of blanks gets behind them.
std::string blank_text(const std::string& path) {
  return "{ " + json_member("runtimes", object_text(path)) + " }\n";
}

// The file to which the runtime is added; one that has no object has the runtime already.
std::string start_of(const FileText& text, const std::string& path) {
  return !text ? file_text(path) : is_blank_text(*text) ? *text + blank_text(path) : *text;
}

// The file without what start_of() made.
FileText end_of(const std::string& text, const std::string& path) {
  const std::string ours = blank_text(path);
  if (text == file_text(path)) {
    return FileText();
  }
  const std::string_view before =
      std::string_view(text).substr(0, text.size() - std::min(text.size(), ours.size()));
  return text.ends_with(ours) && is_blank_text(before) ? FileText(std::string(before)) : text;
}

// What of daemon.json matters here.
struct Found {
  std::optional<std::string> runtimes;  // the object, as it stands there
  std::optional<std::string> path;      // of our runtime
  std::optional<std::string> default_runtime;
  // Of the others: the path of each that has one, and those that have more than a path.
  std::map<std::string, std::string> paths;
  std::set<std::string> with_more;
  bool has_entry = false;
  bool has_more = false;  // the entry has something else than a path

  [[nodiscard]] bool is_ours() const {
    return has_entry && !has_more && path && path->ends_with(kWrapper);
  }
};

// `"runtimeArgs": []` says nothing: the array by itself, and no element of it.
bool is_empty_list(const JsonItem& item, std::size_t depth) {
  return depth == 3 && item.type == JsonType::kArray;
}

Result<Found> look(const std::string& text, const std::string& what) {
  if (is_blank_text(text)) {
    return Found();
  }
  const std::vector<Keys> wanted = {{"runtimes"}, {kDefaultKey}};
  const Result<std::vector<JsonItem>> items = read_json(text, what, wanted);
  if (!items) {
    return items.error();
  }
  Found found;
  for (const JsonItem& item : *items) {
    const std::size_t depth = item.path.size();
    if (depth == 0 ||
        (depth == 1 && item.path[0] == "runtimes" && item.type != JsonType::kObject)) {
      return Error{Errc::kBadInput,
                   what + ": " + (depth == 0 ? "it" : "\"runtimes\"") + " is not an object",
                   "correct the file"};
    }
    if (item.path[0] == kDefaultKey) {
      found.default_runtime = item.text;
    } else if (depth == 1) {
      found.runtimes = text.substr(item.start, item.end - item.start);
    } else if (item.path[1] == kName) {
      found.has_entry = true;
      if (depth == 3 && item.path[2] == "path") {
        found.path = item.text;
      } else if (depth > 2) {
        found.has_more = true;
      }
    } else if (depth == 3 && item.path[2] == "path" && item.type == JsonType::kString) {
      found.paths[item.path[1]] = item.text;
    } else if (depth > 2 && !is_empty_list(item, depth)) {
      found.with_more.insert(item.path[1]);
    }
  }
  return found;
}

Result<std::string> set_path(const std::string& text, const std::string& what, const Found& found,
                             const std::string& path) {
  if (found.path == path) {
    return text;
  }
  if (!found.runtimes) {
    return json_set(text, what, Keys{"runtimes"}, object_text(path));
  }
  return found.has_entry ? json_set(text, what, Keys{"runtimes", kName, "path"}, json_quote(path))
                         : json_set(text, what, Keys{"runtimes", kName}, entry_text(path));
}

Result<FileText> as_file(Result<std::string> text) {
  return text ? Result<FileText>(*std::move(text)) : std::move(text).error();
}

// Docker knows it without an entry; a file cannot have one of that name.
bool is_dockers_own(std::string_view name) {
  return name == "runc" || name == "io.containerd.runc.v2";
}

constexpr std::string_view kSetting = "allContainers";
constexpr std::string_view kMaker = "allContainersBy";
constexpr std::string_view kRuntime = "runtime";
constexpr std::string_view kRuntimeMaker = "runtimeBy";
constexpr std::string_view kDockerDefault = "dockerDefault";
constexpr std::string_view kMakerValue = "\"sysctl-guard install docker\"";
constexpr std::string_view kMade =
    "{ \"version\": 1, \"allContainers\": true, "
    "\"allContainersBy\": \"sysctl-guard install docker\" }\n";

Result<std::string> without(Result<std::string> text, const std::string& what,
                            std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    text = text ? json_remove(*text, what, Keys{key}) : text;
  }
  return text;
}

}  // namespace

Result<FileText> add_runtime(const FileText& text, const std::string& what,
                             const RuntimeEntry& entry) {
  const std::string start = start_of(text, entry.path);
  const Result<Found> found = look(start, what);
  if (!found) {
    return found.error();
  }
  if (found->has_entry && !found->is_ours()) {
    return Error{
        Errc::kBadInput,
        what + ": has a runtime \"sysctl-guard\" that was not made by sysctl-guard install",
        "remove it first, or give it another name"};
  }
  if (!found->has_entry && found->default_runtime == kName) {
    return Error{Errc::kBadInput,
                 what + ": the default runtime is \"sysctl-guard\", and there is none of that name",
                 "remove \"default-runtime\" from the file first"};
  }
  Result<std::string> out = set_path(start, what, *found, entry.path);
  if (!out || !entry.is_default || found->default_runtime == kName) {
    return as_file(std::move(out));
  }
  return as_file(json_set(*out, what, Keys{kDefaultKey}, json_quote(kName)));
}

Result<std::optional<DefaultRuntime>> find_default_runtime(const FileText& text,
                                                           const std::string& what) {
  const Result<Found> found = text ? look(*text, what) : Found();
  if (!found) {
    return found.error();
  }
  const std::string name = found->default_runtime.value_or(std::string(kName));
  if (name == kName) {
    return std::optional<DefaultRuntime>();
  }
  if (is_dockers_own(name)) {
    return std::optional(DefaultRuntime{.name = name, .path = ""});
  }
  const auto path = found->paths.find(name);
  if (path == found->paths.end() || path->second.empty() || found->with_more.contains(name)) {
    return Error{Errc::kBadInput,
                 what + ": the default runtime '" + escape(name, 64) +
                     "' is no program that ours could start: its entry in \"runtimes\" is not a "
                     "path alone",
                 "make a program of it that adds the arguments, and name that by \"path\"; or name "
                 "a runtime for each container, without --all-containers"};
  }
  // The wrapper by another name, which then starts what it finds by itself.
  const bool is_wrapper = path->second.ends_with(kWrapper);
  return std::optional(DefaultRuntime{.name = name, .path = is_wrapper ? "" : path->second});
}

Result<FileText> remove_runtime(const FileText& text, const std::string& what,
                                const std::string& before) {
  const Result<Found> found = text ? look(*text, what) : Found();
  if (!found) {
    return found.error();
  }
  if (!found->is_ours()) {
    return text;
  }
  // Docker does not start with a default runtime that it does not know.
  const bool is_known = is_dockers_own(before) || found->paths.contains(before);
  Result<std::string> out = *text;
  if (found->default_runtime == kName) {
    out = is_known ? json_set(*text, what, Keys{kDefaultKey}, json_quote(before))
                   : json_remove(*text, what, Keys{kDefaultKey});
  }
  if (!out) {
    return out.error();
  }
  if (FileText before_us = end_of(*out, *found->path); before_us != *out) {
    return before_us;
  }
  const bool is_our_object = found->runtimes == object_text(*found->path);
  return as_file(
      json_remove(*out, what, is_our_object ? Keys{"runtimes"} : Keys{"runtimes", kName}));
}

Result<std::optional<RuntimeEntry>> find_docker_runtime(const FileText& text,
                                                        const std::string& what) {
  const Result<Found> found = text ? look(*text, what) : Found();
  if (!found) {
    return found.error();
  }
  if (!found->has_entry) {
    return std::optional<RuntimeEntry>();
  }
  return std::optional(RuntimeEntry{.path = found->path.value_or(""),
                                    .is_default = found->default_runtime == kName,
                                    .is_ours = found->is_ours()});
}

Result<FileText> guard_all_containers(const FileText& text, const std::string& what,
                                      const std::optional<DefaultRuntime>& chained) {
  Result<std::string> out = text.value_or(std::string(kMade));
  const Result<host::RuntimeSettings> settings = host::parse_runtime_settings(*out);
  if (!settings) {
    return settings.error();
  }
  if (settings->sets_all_containers && !settings->all_containers) {
    return Error{Errc::kBadInput, what + ": \"allContainers\" is false",
                 "remove it from the file first, or leave --all-containers out"};
  }
  if (chained && !chained->path.empty() && !settings->runtime.empty() &&
      !settings->is_runtime_by_install && settings->runtime != chained->path) {
    return Error{Errc::kBadInput,
                 what + ": the runtime is '" + escape(settings->runtime) +
                     "', and Docker's default runtime is '" + escape(chained->name, 64) +
                     "', which is '" + escape(chained->path) + "'",
                 "name that one in the file, or remove \"runtime\" from it"};
  }
  const auto set = [&out, &what](std::string_view key, std::string_view value) {
    out = out ? json_set(*out, what, Keys{key}, value) : out;
  };
  if (!settings->all_containers) {
    set(kMaker, kMakerValue);
    set(kSetting, "true");
  }
  if (!chained) {
    return as_file(std::move(out));
  }
  set(kDockerDefault, json_quote(chained->name));
  if (settings->is_runtime_by_install && chained->path.empty()) {
    out = without(std::move(out), what, {kRuntime, kRuntimeMaker});
  } else if (!chained->path.empty() &&
             (settings->runtime.empty() || settings->is_runtime_by_install)) {
    set(kRuntime, json_quote(chained->path));
    set(kRuntimeMaker, kMakerValue);
  }
  return as_file(std::move(out));
}

Result<FileText> guard_annotated_containers(const FileText& text, const std::string& what) {
  if (!text || *text == kMade) {
    return FileText();
  }
  const Result<host::RuntimeSettings> settings = host::parse_runtime_settings(*text);
  if (!settings) {
    return settings.error();
  }
  Result<std::string> out = *text;
  if (settings->is_runtime_by_install) {
    out = without(std::move(out), what, {kRuntimeMaker, kRuntime});
  }
  out = without(std::move(out), what, {kDockerDefault});
  if (out && *out == kMade) {
    return FileText();
  }
  if (settings->is_made_by_install) {
    out = without(std::move(out), what, {kSetting, kMaker});
  }
  return as_file(std::move(out));
}

}  // namespace sg::engines
