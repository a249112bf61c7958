// SPDX-License-Identifier: Apache-2.0
// create_config.cpp - the text of a config.json into a CreateConfig.
//
// One pass over the text: what both readers need, and the members that only matter before a
// container is created. What is not wanted costs little to pass over.
#include "oci/create_config.h"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/file_io.h"
#include "base/json.h"
#include "base/text.h"
#include "oci/bundle.h"
#include "oci/state.h"

namespace sg::oci {
namespace {

// process.capabilities, its sets, and their elements. A set of a name that nobody knows counts too.
Status take_capability(const JsonItem& item, std::vector<std::string>& to) {
  constexpr std::size_t kSets = 2;
  if (item.path.size() > kSets) {
    return take_strings(item, kSets + 1, to);
  }
  const bool is_object = item.path.size() == kSets && item.type == JsonType::kObject;
  return is_object || item.type == JsonType::kNull ? Status(Ok{})
                                                   : bad_item(item, "is not an object");
}

// `mounts`, of whose members four matter.
Status take_mount(const JsonItem& item, std::vector<Mount>& to) {
  constexpr std::size_t kArray = 1;
  std::string_view name;
  if (Status status =
          take_element(item, kArray, {"destination", "type", "source", "options"}, to, name);
      !status) {
    return status;
  }
  if (name == "options") {
    return take_strings(item, kArray + 2, to.back().options);
  }
  if (name == "destination") {
    return take_text(item, to.back().destination);
  }
  if (name == "type") {
    return take_text(item, to.back().type);
  }
  return name == "source" ? take_text(item, to.back().source) : Status(Ok{});
}

// linux.uidMappings and gidMappings, of whose members two matter.
Status take_mapping(const JsonItem& item, std::vector<IdMapping>& to) {
  std::string_view name;
  if (Status status = take_element(item, /*depth=*/2, {"hostID", "size"}, to, name); !status) {
    return status;
  }
  if (name != "hostID" && name != "size") {
    return Ok{};
  }
  const std::optional<std::uint64_t> number =
      item.type == JsonType::kNumber ? parse_decimal(item.text) : std::nullopt;
  if (!number) {
    return bad_item(item, "is not a number of an ID");
  }
  (name == "size" ? to.back().size : to.back().host_id) = *number;
  return Ok{};
}

// root and its members, of which one matters.
Status take_root(const JsonItem& item, std::string& to) {
  constexpr std::size_t kMember = 1;
  if (item.path.size() == kMember) {
    return require_type(item, JsonType::kObject, "an object");
  }
  if (Status spelled = check_spelling(item, kMember, {"path"}); !spelled) {
    return spelled;
  }
  return item.path.size() == kMember + 1 && item.path[kMember] == "path" ? take_text(item, to)
                                                                         : Status(Ok{});
}

// Whatever stands behind the third number is no matter.
OciVersion parse_version(std::string_view text) {
  constexpr std::size_t kThreeNumbersMax = 64;  // of 20 digits each
  const std::vector<std::string_view> parts = split(text.substr(0, kThreeNumbersMax), '.');
  if (parts.size() < 3) {
    return {};
  }
  const std::string_view patch = parts[2].substr(0, parts[2].find_first_not_of("0123456789"));
  const std::array<std::optional<std::uint64_t>, 3> numbers = {
      parse_decimal(parts[0]), parse_decimal(parts[1]), parse_decimal(patch)};
  return numbers[0] && numbers[1] && numbers[2] ? OciVersion{*numbers[0], *numbers[1], *numbers[2]}
                                                : OciVersion{};
}

// What a container's state has, and a config.json has not.
bool is_of_state(const JsonItem& item) { return item.path[0] == "id" || item.path[0] == "status"; }

Status take_item(const JsonItem& item, CreateConfig& config) {
  if (item.path.empty()) {
    return bad_config("is not a JSON object");
  }
  const std::string& name = item.path[0];
  if (name == "process" && item.path.size() > 1 && item.path[1] == "apparmorProfile") {
    return take_text(item, config.apparmor_profile);
  }
  if (name == "process") {
    return take_capability(item, config.capabilities);
  }
  if (name == "mounts") {
    return take_mount(item, config.mounts);
  }
  if (name == "root") {
    return take_root(item, config.root_path);
  }
  if (name == "ociVersion") {
    config.has_version = true;
    config.version = parse_version(item.text);
    return Ok{};
  }
  if (name == "linux" && item.path.size() > 1) {
    if (item.path[1] == "maskedPaths") {
      return take_strings(item, /*depth=*/2, config.masked_paths);
    }
    if (item.path[1] == "uidMappings") {
      return take_mapping(item, config.user_mappings);
    }
    if (item.path[1] == "gidMappings") {
      return take_mapping(item, config.group_mappings);
    }
  }
  return is_of_state(item) ? Status(Ok{}) : take_config_item(item, config.config);
}

using Paths = std::vector<std::vector<std::string_view>>;

Result<std::vector<JsonItem>> read_items(std::string_view text) {
  Paths wanted = config_paths();
  const Paths more = {{"ociVersion"},
                      {"root"},
                      {"mounts"},
                      {"process", "capabilities"},
                      {"process", "apparmorProfile"},
                      {"linux", "maskedPaths"},
                      {"linux", "uidMappings"},
                      {"linux", "gidMappings"},
                      {"id"},
                      {"status"}};
  wanted.insert(wanted.end(), more.begin(), more.end());
  return read_config_items(text, wanted);
}

Result<CreateConfig> take_items(const std::vector<JsonItem>& items) {
  CreateConfig create;
  for (const JsonItem& item : items) {
    if (Status status = take_item(item, create); !status) {
      return std::move(status).error();
    }
  }
  if (Status status = check_config(create.config); !status) {
    return std::move(status).error();
  }
  return create;
}

// What cannot be read is called a config.json where it has a key that no state has: inside a string
// the second quote has a backslash in front.
bool looks_like_config(std::string_view text) {
  return text.find("\"process\"") != std::string_view::npos ||
         text.find("\"mounts\"") != std::string_view::npos ||
         text.find("\"linux\"") != std::string_view::npos;
}

bool is_config_document(const std::vector<JsonItem>& items) {
  bool root = false;
  for (const JsonItem& item : items) {
    if (item.path.empty() || is_of_state(item)) {
      return false;
    }
    root =
        root || (item.path.size() == 1 && item.path[0] == "root" && item.type == JsonType::kObject);
  }
  return root;
}

}  // namespace

Result<std::string> read_document(int fd) { return read_all(fd, kConfigMax, "standard input"); }

Result<CreateConfig> parse_create_config(std::string_view text) {
  const Result<std::vector<JsonItem>> items = read_items(text);
  return items ? take_items(*items) : Result<CreateConfig>(items.error());
}

Result<std::optional<CreateConfig>> parse_if_config(std::string_view text) {
  const Result<std::vector<JsonItem>> items = read_items(text);
  if (!items && (text.size() > kStateMax || looks_like_config(text))) {
    return items.error();
  }
  if (!items || !is_config_document(*items)) {
    return std::optional<CreateConfig>();
  }
  Result<CreateConfig> create = take_items(*items);
  return create ? Result<std::optional<CreateConfig>>(*std::move(create))
                : std::move(create).error();
}

}  // namespace sg::oci
