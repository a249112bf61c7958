// SPDX-License-Identifier: Apache-2.0
// docker_files.cpp - in daemon.json one member of "runtimes" set and removed, and the default
// runtime where asked; in runtime.json the setting, and who made it.
//
// Removing must tell an object of daemon.json that we made from an empty one that was there.
// Members go directly behind the bracket of an object that is there: {"sysctl-guard": ...}. An
// object that we make has a blank: { "sysctl-guard": ... }. A file that we make is one text, known
// to the byte: none of these layouts may change while files of earlier versions are about.
#include "engines/docker_files.h"

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

std::string entry_text(const std::string& path) { return Json::object({{"path", path}}).line(); }

std::string object_text(const std::string& path) {
  return "{ " + json_member(kName, entry_text(path)) + " }";
}

std::string file_text(const std::string& path) {
  return "{\n  " + json_member("runtimes", object_text(path)) + "\n}\n";
}

// What of daemon.json matters here.
struct Found {
  std::optional<std::string> runtimes;  // the object, as it stands there
  std::optional<std::string> path;      // of our runtime
  std::optional<std::string> default_runtime;
  bool has_entry = false;
  bool has_more = false;  // the entry has something else than a path

  [[nodiscard]] bool is_ours() const {
    return has_entry && !has_more && path && path->ends_with("/sysctl-guard-runtime");
  }
};

Result<Found> look(const std::string& text, const std::string& what) {
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

constexpr std::string_view kSetting = "allContainers";
constexpr std::string_view kMaker = "allContainersBy";
constexpr std::string_view kMakerValue = "\"sysctl-guard install docker\"";
constexpr std::string_view kMade =
    "{ \"version\": 1, \"allContainers\": true, "
    "\"allContainersBy\": \"sysctl-guard install docker\" }\n";

}  // namespace

Result<FileText> add_runtime(const FileText& text, const std::string& what,
                             const RuntimeEntry& entry) {
  const std::string start = text.value_or(file_text(entry.path));
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
  if (found->default_runtime) {
    return Error{
        Errc::kBadInput,
        what + ": the default runtime is '" + escape(*found->default_runtime) + "'",
        "remove \"default-runtime\" from the file first, or name a runtime for each container"};
  }
  return as_file(json_set(*out, what, Keys{kDefaultKey}, json_quote(kName)));
}

Result<FileText> remove_runtime(const FileText& text, const std::string& what) {
  const Result<Found> found = text ? look(*text, what) : Found();
  if (!found) {
    return found.error();
  }
  if (!found->is_ours()) {
    return text;
  }
  const Result<std::string> out =
      found->default_runtime == kName ? json_remove(*text, what, Keys{kDefaultKey}) : *text;
  if (!out) {
    return out.error();
  }
  if (*out == file_text(*found->path)) {
    return FileText();
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

Result<FileText> guard_all_containers(const FileText& text, const std::string& what) {
  if (!text) {
    return FileText(kMade);
  }
  const Result<host::RuntimeSettings> settings = host::parse_runtime_settings(*text);
  if (!settings) {
    return settings.error();
  }
  if (settings->all_containers) {
    return text;
  }
  if (settings->sets_all_containers) {
    return Error{Errc::kBadInput, what + ": \"allContainers\" is false",
                 "remove it from the file first, or leave --all-containers out"};
  }
  const Result<std::string> out = json_set(*text, what, Keys{kMaker}, kMakerValue);
  return as_file(out ? json_set(*out, what, Keys{kSetting}, "true") : out);
}

Result<FileText> guard_annotated_containers(const FileText& text, const std::string& what) {
  if (!text || *text == kMade) {
    return FileText();
  }
  const Result<host::RuntimeSettings> settings = host::parse_runtime_settings(*text);
  if (!settings) {
    return settings.error();
  }
  if (!settings->is_made_by_install) {
    return text;
  }
  const Result<std::string> out = json_remove(*text, what, Keys{kSetting});
  return as_file(out ? json_remove(*out, what, Keys{kMaker}) : out);
}

}  // namespace sg::engines
