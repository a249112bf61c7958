// SPDX-License-Identifier: Apache-2.0
// daemon_json.cpp - one member of "runtimes" set and removed, and the default runtime where asked.
//
// Removing must tell an object that we made from an empty one that was there. Members go directly
// behind the bracket of an object that is there: {"sysctl-guard": ...}. An object that we make has
// a blank: { "sysctl-guard": ... }. A file that we make is one text, known to the byte.
#include "engines/daemon_json.h"

#include <vector>

#include "base/json.h"
#include "base/json_edit.h"
#include "base/text.h"

namespace sg::engines {
namespace {

constexpr std::string_view kName = "sysctl-guard";
constexpr std::string_view kDefaultKey = "default-runtime";

std::string object_text(const std::string& path) {
  return "{ \"sysctl-guard\": {\"path\": " + json_quote(path) + "} }";
}

std::string file_text(const std::string& path) {
  return "{\n  \"runtimes\": " + object_text(path) + "\n}\n";
}

// What of the file matters here.
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
  const std::vector<std::vector<std::string_view>> wanted = {{"runtimes"}, {kDefaultKey}};
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
  const std::vector<std::string_view> runtimes = {"runtimes"};
  const std::vector<std::string_view> entry = {"runtimes", kName};
  const std::vector<std::string_view> entry_path = {"runtimes", kName, "path"};
  if (!found.runtimes) {
    return json_set(text, what, runtimes, object_text(path));
  }
  if (found.has_entry) {
    return json_set(text, what, entry_path, json_quote(path));
  }
  return json_set(text, what, entry, "{\"path\": " + json_quote(path) + "}");
}

}  // namespace

Result<std::string> add_runtime(const std::optional<std::string>& text, const std::string& what,
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
    return out;
  }
  if (found->default_runtime) {
    return Error{
        Errc::kBadInput,
        what + ": the default runtime is '" + escape(*found->default_runtime) + "'",
        "remove \"default-runtime\" from the file first, or name a runtime for each container"};
  }
  const std::vector<std::string_view> key = {kDefaultKey};
  return json_set(*out, what, key, json_quote(kName));
}

Result<std::optional<std::string>> remove_runtime(const std::string& text,
                                                  const std::string& what) {
  const Result<Found> found = look(text, what);
  if (!found) {
    return found.error();
  }
  if (!found->is_ours()) {
    return std::optional<std::string>(text);
  }
  std::string out = text;
  if (found->default_runtime == kName) {
    const std::vector<std::string_view> key = {kDefaultKey};
    Result<std::string> without = json_remove(out, what, key);
    if (!without) {
      return std::move(without).error();
    }
    out = *std::move(without);
  }
  const std::string path = found->path.value_or("");
  if (out == file_text(path)) {
    return std::optional<std::string>();
  }
  std::vector<std::string_view> member = {"runtimes", kName};
  if (found->runtimes == object_text(path)) {
    member.pop_back();
  }
  Result<std::string> without = json_remove(out, what, member);
  if (!without) {
    return std::move(without).error();
  }
  return std::optional<std::string>(*std::move(without));
}

Result<std::optional<RuntimeEntry>> find_docker_runtime(const std::string& text,
                                                        const std::string& what) {
  const Result<Found> found = look(text, what);
  if (!found) {
    return found.error();
  }
  if (!found->has_entry) {
    return std::optional<RuntimeEntry>();
  }
  return std::optional<RuntimeEntry>(RuntimeEntry{.path = found->path.value_or(""),
                                                  .is_default = found->default_runtime == kName,
                                                  .is_ours = found->is_ours()});
}

}  // namespace sg::engines
