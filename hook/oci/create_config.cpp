// SPDX-License-Identifier: Apache-2.0
// create_config.cpp - the text of a config.json into a CreateConfig.
//
// Two passes over the text: parse_config for what both readers need, then the members that only matter
// before a container is created. What is not wanted costs little to pass over.
#include "oci/create_config.h"

#include <array>
#include <cstddef>
#include <utility>
#include <variant>

#include "base/file_io.h"
#include "base/json.h"
#include "base/text.h"

namespace sg::oci {
namespace {

constexpr const char* kWhat = "config.json";
constexpr const char* kHint = "correct the bundle's config.json or the engine that wrote it";

Error bad(const JsonItem& item, const std::string& why) {
  return Error{Errc::kBadInput,
               std::string(kWhat) + ": '" + escape(dotted(item.path), 160) + "' " + why, kHint};
}

// The array at the first `depth` components of the path, or one of its elements, all of them strings.
Status take_strings(const JsonItem& item, std::size_t depth, std::vector<std::string>& to) {
  if (item.path.size() <= depth) {
    const bool empty = item.type == JsonType::kNull;
    const bool array = item.path.size() == depth && item.type == JsonType::kArray;
    return empty || array ? Status(Ok{}) : bad(item, "is not an array of strings");
  }
  if (item.path.size() != depth + 1 || item.type != JsonType::kString) {
    return bad(item, "is not a string");
  }
  to.push_back(item.text);
  return Ok{};
}

// Whether the key at `depth` of the item's path is none that a runtime in Go takes for one of `names`.
Status check_spelling(const JsonItem& item, std::size_t depth,
                      std::initializer_list<std::string_view> names) {
  const std::string_view name = folded_name(item.path[depth], names);
  return name.empty() ? Status(Ok{})
                      : bad(item, "is what some programs take for '" + std::string(name) + "'");
}

// process.capabilities, its sets, and their elements. A set of a name that nobody knows counts too.
Status take_capability(const JsonItem& item, std::vector<std::string>& to) {
  constexpr std::size_t kSets = 2;
  if (item.path.size() > kSets) {
    return take_strings(item, kSets + 1, to);
  }
  const bool object = item.path.size() == kSets && item.type == JsonType::kObject;
  return object || item.type == JsonType::kNull ? Status(Ok{}) : bad(item, "is not an object");
}

// Of `hooks` the two stages that count: the array, its entries, and their members, of which two matter.
Status take_hook(const JsonItem& item, std::vector<HookEntry>& to) {
  constexpr std::size_t kStage = 1;
  constexpr std::size_t kArray = 2;
  constexpr std::size_t kEntry = 3;
  constexpr std::size_t kMember = 4;
  if (item.path.size() == kStage) {
    const bool object = item.type == JsonType::kObject || item.type == JsonType::kNull;
    return object ? Status(Ok{}) : bad(item, "is not an object");
  }
  if (Status spelled = check_spelling(item, kStage, {"prestart", "createRuntime"}); !spelled) {
    return spelled;
  }
  if (item.path[kStage] != "prestart" && item.path[kStage] != "createRuntime") {
    return Ok{};
  }
  if (item.path.size() == kArray) {
    const bool array = item.type == JsonType::kArray || item.type == JsonType::kNull;
    return array ? Status(Ok{}) : bad(item, "is not an array");
  }
  if (item.path.size() == kEntry) {
    to.emplace_back();
    return item.type == JsonType::kObject ? Status(Ok{}) : bad(item, "is not an object");
  }
  const std::string& name = item.path[kEntry];
  if (Status spelled = check_spelling(item, kEntry, {"path", "args"}); !spelled) {
    return spelled;
  }
  if (name == "args") {
    return take_strings(item, kMember, to.back().args);
  }
  if (name == "path" && item.path.size() == kMember) {
    to.back().path = item.text;
    return item.type == JsonType::kString ? Status(Ok{}) : bad(item, "is not a string");
  }
  return Ok{};
}

// Of `mounts`: the array, its elements, and their members, of which three matter.
Status take_mount(const JsonItem& item, std::vector<Mount>& to) {
  constexpr std::size_t kArray = 1;
  constexpr std::size_t kElement = 2;
  constexpr std::size_t kMember = 3;
  if (item.path.size() == kArray) {
    const bool array = item.type == JsonType::kArray || item.type == JsonType::kNull;
    return array ? Status(Ok{}) : bad(item, "is not an array");
  }
  if (item.path.size() == kElement) {
    to.emplace_back();
    return item.type == JsonType::kObject ? Status(Ok{}) : bad(item, "is not an object");
  }
  const std::string& name = item.path[kElement];
  if (Status spelled = check_spelling(item, kElement, {"type", "source", "options"}); !spelled) {
    return spelled;
  }
  if (name == "options") {
    return take_strings(item, kMember, to.back().options);
  }
  if (item.path.size() != kMember || (name != "type" && name != "source")) {
    return Ok{};
  }
  if (item.type != JsonType::kString) {
    return bad(item, "is not a string");
  }
  (name == "type" ? to.back().type : to.back().source) = item.text;
  return Ok{};
}

Status take_item(const JsonItem& item, CreateConfig& config) {
  if (item.path.empty()) {
    return Error{Errc::kBadInput, std::string(kWhat) + ": is not a JSON object", kHint};
  }
  if (item.path[0] == "process") {
    return take_capability(item, config.capabilities);
  }
  if (item.path[0] == "mounts") {
    return take_mount(item, config.mounts);
  }
  if (item.path[0] == "ociVersion") {
    config.has_version = true;
    return Ok{};
  }
  if (item.path[0] == "hooks") {
    config.has_hooks = true;
    return take_hook(item, config.hooks);
  }
  const bool masked = item.path.size() > 1 && item.path[1] == "maskedPaths";
  return take_strings(item, /*depth=*/2, masked ? config.masked_paths : config.readonly_paths);
}

}  // namespace

Result<std::string> read_document(int fd) { return read_all(fd, kConfigMax, "standard input"); }

bool is_config_document(std::string_view text) {
  static const std::array<std::vector<std::string_view>, 4> kWanted = {
      {{"ociVersion"}, {"root"}, {"id"}, {"status"}}};
  const auto items = scan_json(text, kWanted);
  if (std::holds_alternative<JsonProblem>(items)) {
    return false;
  }
  bool version = false;
  bool root = false;
  for (const JsonItem& item : *std::get_if<0>(&items)) {
    if (item.path.empty() || item.path[0] == "id" || item.path[0] == "status") {
      return false;
    }
    version = version || item.path[0] == "ociVersion";
    root = root || (item.path.size() == 1 && item.path[0] == "root" && item.type == JsonType::kObject);
  }
  return version && root;
}

Result<CreateConfig> parse_create_config(std::string_view text) {
  static const std::array<std::vector<std::string_view>, 6> kWanted = {
      {{"ociVersion"},
       {"mounts"},
       {"process", "capabilities"},
       {"hooks"},
       {"linux", "readonlyPaths"},
       {"linux", "maskedPaths"}}};
  Result<Config> config = parse_config(text);
  if (!config) {
    return std::move(config).error();
  }
  auto items = read_json(text, kWhat, kWanted);
  if (!items) {
    Error error = std::move(items).error();
    error.hint = kHint;
    return error;
  }
  CreateConfig create;
  create.config = *std::move(config);
  for (const JsonItem& item : *items) {
    if (Status status = take_item(item, create); !status) {
      return std::move(status).error();
    }
  }
  return create;
}

}  // namespace sg::oci
