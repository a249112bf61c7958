// SPDX-License-Identifier: Apache-2.0
// bundle.cpp - the text of a config.json into a Config.
//
// A few members are taken, everything else is passed over without building it. A member of the
// wrong type is an error; null stands for an absent object or array, as encoders of empty maps and
// lists write it. Text that becomes a path or a name further on must not hold a zero byte: what is
// compared here and what the kernel then reads would differ.
#include "oci/bundle.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "base/file_io.h"
#include "base/json.h"
#include "base/text.h"

namespace sg::oci {
namespace {

constexpr const char* kWhat = "config.json";
constexpr const char* kHint = "correct the bundle's config.json or the engine that wrote it";

// The object at the first `depth` components of the path, or one of its members, all of them
// strings.
Status take_pair(const JsonItem& item, std::size_t depth, std::map<std::string, std::string>& to) {
  if (item.path.size() == depth) {
    return require_type(item, JsonType::kObject, "an object");
  }
  if (item.type != JsonType::kString) {
    return bad_item(item, "is not a string");
  }
  to.emplace(item.path.back(), item.text);
  return Ok{};
}

// linux.namespaces, of whose members two matter.
Status take_namespace(const JsonItem& item, std::vector<Namespace>& to) {
  std::string_view name;
  if (Status status = take_element(item, /*depth=*/2, {"type", "path"}, to, name); !status) {
    return status;
  }
  if (name == "type") {
    return take_text(item, to.back().type);
  }
  return name == "path" ? take_text(item, to.back().path) : Status(Ok{});
}

struct StageName {
  std::string_view name;
  HookStage stage;
};
constexpr std::array<StageName, 3> kStages = {{{"prestart", HookStage::kPrestart},
                                               {"createRuntime", HookStage::kCreateRuntime},
                                               {"createContainer", HookStage::kCreateContainer}}};

// hooks: of the stages that count the entries, of whose members two matter.
Status take_hook(const JsonItem& item, std::vector<HookEntry>& to) {
  constexpr std::size_t kStage = 1;
  constexpr std::size_t kArray = 2;
  if (item.path.size() == kStage) {
    return require_type(item, JsonType::kObject, "an object");
  }
  if (Status spelled =
          check_spelling(item, kStage, {"prestart", "createRuntime", "createContainer"});
      !spelled) {
    return spelled;
  }
  const auto stage = std::ranges::find(kStages, item.path[kStage], &StageName::name);
  if (stage == kStages.end()) {
    return Ok{};
  }
  std::string_view name;
  const std::size_t before = to.size();
  Status status = take_element(item, kArray, {"path", "args"}, to, name);
  if (to.size() > before) {
    // Elements come in the order of the text.
    const bool is_first = before == 0 || to[before - 1].stage != stage->stage;
    to.back().stage = stage->stage;
    to.back().index = is_first ? 0 : to[before - 1].index + 1;
  }
  if (!status) {
    return status;
  }
  if (name == "args") {
    return take_strings(item, kArray + 2, to.back().args);
  }
  return name == "path" ? take_text(item, to.back().path) : Status(Ok{});
}

}  // namespace

std::vector<std::vector<std::string_view>> config_paths() {
  return {{"annotations"},          {"hooks"},
          {"linux", "sysctl"},      {"linux", "namespaces"},
          {"linux", "cgroupsPath"}, {"linux", "readonlyPaths"}};
}

Status take_config_item(const JsonItem& item, Config& config) {
  if (item.path.empty()) {
    return bad_config("is not a JSON object");
  }
  if (item.path[0] == "annotations") {
    config.has_annotations = true;
    return take_pair(item, /*depth=*/1, config.annotations);
  }
  if (item.path[0] == "hooks") {
    config.has_hooks = true;
    return take_hook(item, config.hooks);
  }
  if (item.path.size() == 1) {  // "linux" itself, where it is no object
    return item.type == JsonType::kNull ? Status(Ok{}) : bad_config("'linux' is not an object");
  }
  if (item.path[1] == "readonlyPaths") {
    return take_strings(item, /*depth=*/2, config.readonly_paths);
  }
  if (item.path[1] == "sysctl") {
    return take_pair(item, /*depth=*/2, config.sysctl);
  }
  if (item.path[1] == "namespaces") {
    return take_namespace(item, config.namespaces);
  }
  return take_text(item, config.cgroups_path);
}

// What a single item cannot show. Runtimes refuse a namespace type that stands twice, so here the
// choice between the two never arises.
Status check_config(const Config& config) {
  std::vector<std::string_view> types;
  for (const Namespace& ns : config.namespaces) {
    if (ns.type.empty()) {
      return bad_config("an element of 'linux.namespaces' has no 'type'");
    }
    types.push_back(ns.type);
  }
  std::sort(types.begin(), types.end());
  const auto twice = std::adjacent_find(types.begin(), types.end());
  if (twice != types.end()) {
    return bad_config("'linux.namespaces' has the type '" + escape(*twice, 64) + "' twice");
  }
  for (const auto& [key, value] : config.sysctl) {
    if (key.find('\0') != std::string::npos || value.find('\0') != std::string::npos) {
      return bad_config("'linux.sysctl." + escape(key, 160) + "' holds a zero byte");
    }
  }
  return Ok{};
}

Result<Config> read_config(const std::string& bundle) {
  if (bundle.empty()) {
    return system_error("the state names no bundle", ENOENT, "");
  }
  auto text = read_file(AT_FDCWD, bundle + "/config.json", kConfigMax);
  if (!text) {
    return std::move(text).error();
  }
  return parse_config(*text);
}

Result<Config> parse_config(std::string_view text) {
  const Result<std::vector<JsonItem>> items = read_config_items(text, config_paths());
  if (!items) {
    return items.error();
  }
  Config config;
  for (const JsonItem& item : *items) {
    if (Status status = take_config_item(item, config); !status) {
      return std::move(status).error();
    }
  }
  if (Status status = check_config(config); !status) {
    return std::move(status).error();
  }
  return config;
}

bool is_config_of(const Config& config,
                  const std::map<std::string, std::string>& state_annotations) {
  if (config.annotations == state_annotations) {
    return true;  // nearly all containers: without any '='
  }
  using Lines = std::map<std::string, std::set<std::string>>;
  // runc keeps annotations as a list of KEY=VALUE, which it splits at the first '=', and keeps the
  // bundle in the same list. Of several lines with one key its state has one.
  const auto lines_of = [](const std::map<std::string, std::string>& annotations) {
    Lines lines;
    for (const auto& [key, value] : annotations) {
      const std::string line = key + "=" + value;
      lines[line.substr(0, line.find('='))].insert(line);
    }
    lines.erase("bundle");
    return lines;
  };
  const Lines asked = lines_of(config.annotations);
  const Lines told = lines_of(state_annotations);
  return std::ranges::equal(asked, told, [](const auto& one, const auto& other) {
    return one.first == other.first && std::ranges::includes(one.second, other.second);
  });
}

Result<std::vector<JsonItem>> read_config_items(
    std::string_view text, std::span<const std::vector<std::string_view>> wanted) {
  Result<std::vector<JsonItem>> items = read_json(text, kWhat, wanted);
  if (!items) {
    Error error = std::move(items).error();
    error.hint = kHint;
    return error;
  }
  return items;
}

Error bad_config(const std::string& why) {
  return Error{Errc::kBadInput, std::string(kWhat) + ": " + why, kHint};
}

Error bad_item(const JsonItem& item, const std::string& why) {
  return bad_config("'" + escape(dotted(item.path), 160) + "' " + why);
}

Status require_type(const JsonItem& item, JsonType type, const char* name) {
  return item.type == type || item.type == JsonType::kNull
             ? Status(Ok{})
             : bad_item(item, std::string("is not ") + name);
}

Status take_text(const JsonItem& item, std::string& to) {
  if (item.type != JsonType::kString) {
    return bad_item(item, "is not a string");
  }
  if (item.text.find('\0') != std::string::npos) {
    return bad_item(item, "holds a zero byte");
  }
  to = item.text;
  return Ok{};
}

Status take_strings(const JsonItem& item, std::size_t depth, std::vector<std::string>& to) {
  if (item.path.size() <= depth) {
    const bool is_array = item.path.size() == depth && item.type == JsonType::kArray;
    return is_array || item.type == JsonType::kNull ? Status(Ok{})
                                                    : bad_item(item, "is not an array of strings");
  }
  if (item.path.size() != depth + 1) {
    return bad_item(item, "is not a string");
  }
  to.emplace_back();
  return take_text(item, to.back());
}

Status check_spelling(const JsonItem& item, std::size_t depth,
                      std::initializer_list<std::string_view> names) {
  const std::string_view name = folded_name(item.path[depth], names);
  return name.empty()
             ? Status(Ok{})
             : bad_item(item, "is what some programs take for '" + std::string(name) + "'");
}

}  // namespace sg::oci
