// SPDX-License-Identifier: Apache-2.0
// node_policy_shape.cpp - the flat list of a document's values against one table of keys.
//
// Each value is looked up by its path, where the names of groups and profiles, and the indices of
// lists, are written '*' in the table. A value with a finding takes everything below it along: one
// mistake, one finding.
#include "policy/node_policy_shape.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "policy/annotations.h"
#include "policy/node_policy.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"

namespace sg::policy {

namespace {

enum class Kind {
  kObject,
  kVersion,
  kRules,
  kRule,
  kWord,
  kWords,
  kEventBuffer,
  kAssign,         // the list
  kAssignEntry,    // an object in it
  kAssignMatch,    // an object in that
  kAssignPattern,  // of an annotation
  kAssignProfile,
};

struct Key {
  std::string_view path;
  Kind kind;
  std::span<const std::string_view> words = {};  // of kWord
};

constexpr std::array<std::string_view, 2> kExcessNames = {"refuse", "clip"};

// Sorted by nothing: it is short. A list's elements have a row of their own.
constexpr Key kKeys[] = {
    {"version", Kind::kVersion},
    {"limit", Kind::kObject},
    {"limit/allow", Kind::kRules},
    {"limit/allow/*", Kind::kRule},
    {"limit/host", Kind::kRules},
    {"limit/host/*", Kind::kRule},
    {"limit/deny", Kind::kRules},
    {"limit/deny/*", Kind::kRule},
    {"limit/onExcess", Kind::kWord, kExcessNames},
    {"default", Kind::kObject},
    {"default/allow", Kind::kRules},
    {"default/allow/*", Kind::kRule},
    {"default/deny", Kind::kRules},
    {"default/deny/*", Kind::kRule},
    {"default/denyRead", Kind::kRules},
    {"default/denyRead/*", Kind::kRule},
    {"default/mode", Kind::kWord, kModeNames},
    {"default/refuse", Kind::kWord, kRefusalNames},
    {"profiles", Kind::kObject},
    {"profiles/*", Kind::kObject},
    {"profiles/*/allow", Kind::kRules},
    {"profiles/*/allow/*", Kind::kRule},
    {"profiles/*/deny", Kind::kRules},
    {"profiles/*/deny/*", Kind::kRule},
    {"profiles/*/denyRead", Kind::kRules},
    {"profiles/*/denyRead/*", Kind::kRule},
    {"profiles/*/refuse", Kind::kWord, kRefusalNames},
    {"groups", Kind::kObject},
    {"groups/*", Kind::kRules},
    {"groups/*/*", Kind::kRule},
    {"assign", Kind::kAssign},
    {"assign/*", Kind::kAssignEntry},
    {"assign/*/match", Kind::kAssignMatch},
    {"assign/*/match/*", Kind::kAssignPattern},
    {"assign/*/profile", Kind::kAssignProfile},
    {"declared", Kind::kWord, kDeclaredNames},
    {"annotationModes", Kind::kWords},
    {"annotationModes/*", Kind::kWord, kModeNames},
    {"events", Kind::kWord, kEventsNames},
    {"eventBuffer", Kind::kEventBuffer},
};

// Names that annotations, the command line and engines' device names can hold.
constexpr std::size_t kNameBytesMax = 63;

bool is_name(std::string_view name) {
  constexpr std::string_view kAlnum =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const auto is_alnum = [kAlnum](char c) { return kAlnum.find(c) != std::string_view::npos; };
  return !name.empty() && name.size() <= kNameBytesMax && is_alnum(name.front()) &&
         is_alnum(name.back()) && std::ranges::all_of(name, [&](char c) {
           return is_alnum(c) || c == '-' || c == '_' || c == '.';
         });
}

bool matches(std::string_view key_path, std::span<const std::string> path) {
  const std::vector<std::string_view> components = split(key_path, '/');
  return components.size() == path.size() &&
         std::equal(components.begin(), components.end(), path.begin(),
                    [](std::string_view want, const std::string& have) {
                      return want == "*" || want == have;
                    });
}

const Key* find_key(std::span<const std::string> path) {
  const auto* const found =
      std::ranges::find_if(kKeys, [path](const Key& key) { return matches(key.path, path); });
  return found == std::ranges::end(kKeys) ? nullptr : found;
}

class ShapeReader {
 public:
  ShapeReader(std::string_view text, const std::string& source, Diagnostics& findings)
      : text_(text), source_(source), findings_(findings) {}

  NodePolicyShape read() {
    const std::vector<std::vector<std::string_view>> everything(1);
    std::variant<std::vector<JsonItem>, JsonProblem> scanned = scan_json(text_, everything);
    if (const auto* problem = std::get_if<JsonProblem>(&scanned)) {
      add(problem->path, problem->offset, text_.substr(problem->offset, 1), "it " + problem->why,
          R"(correct it there; {"version": 1} is the least, with no comment, and no comma before })");
      return {};
    }
    for (JsonItem& item : std::get<std::vector<JsonItem>>(scanned)) {
      if (!is_below_mistake(item) && !take(item)) {
        mistake_ = item.path;
      }
    }
    if (!has_version_ && !(mistake_ && mistake_->empty())) {
      add({}, 0, "", "the key \"version\" is missing", "write \"version\": 1");
    }
    for (const AssignElement& entry : shape_.assign) {
      find_missing(entry, entry.has_match, "match", "write \"match\": {} for every container");
      find_missing(entry, entry.has_profile, "profile", "name a profile of this file");
    }
    return std::move(shape_);
  }

 private:
  void add(std::span<const std::string> path, std::size_t offset, std::string_view piece,
           std::string message, std::string hint) {
    add_finding(findings_, {.source = source_,
                            .offset = offset,
                            .text = std::string(piece.substr(0, piece.find('\n'))),
                            .message = std::move(message),
                            .hint = std::move(hint),
                            .pointer = json_pointer(path)});
  }

  [[nodiscard]] bool is_below_mistake(const JsonItem& item) const {
    return mistake_ && item.path.size() > mistake_->size() &&
           std::equal(mistake_->begin(), mistake_->end(), item.path.begin());
  }

  std::string_view raw(const JsonItem& item) const {
    return text_.substr(item.start, item.end - item.start);
  }

  // The key of a member as it stands in the text, with its quotes.
  std::string_view raw_key(const JsonItem& item) const {
    const std::size_t colon = text_.find_last_of(':', item.start);
    return text_.substr(item.key_start, text_.find_last_of('"', colon) + 1 - item.key_start);
  }

  bool wrong_type(const JsonItem& item, const std::string& wanted) {
    add(item.path, item.start, raw(item), "this is not " + wanted, "write " + wanted);
    return false;
  }

  // False, with a finding, where the value is not as it should be.
  bool take(JsonItem& item) {
    if (item.path.empty()) {
      return item.type == JsonType::kObject || wrong_type(item, "a JSON object");
    }
    const Key* key = find_key(item.path);
    if (key == nullptr) {
      return unknown_key(item);
    }
    switch (key->kind) {
      case Kind::kObject:
        return (item.type == JsonType::kObject || wrong_type(item, "an object")) && take_name(item);
      case Kind::kVersion:
        has_version_ = true;
        return (item.type == JsonType::kNumber && item.text == "1") ||
               wrong_type(item, "1, the only version there is");
      case Kind::kRules:
      case Kind::kWords:
        return take_list(item);
      case Kind::kRule:
        return take_element(item, "a string with one rule");
      case Kind::kWord:
        return take_word(item, *key);
      case Kind::kEventBuffer:
        return take_event_buffer(item);
      case Kind::kAssign:
        return item.type == JsonType::kArray || wrong_type(item, "an array of objects");
      case Kind::kAssignEntry:
        return take_assign_entry(item);
      case Kind::kAssignMatch:
        shape_.assign.back().has_match = true;
        return item.type == JsonType::kObject || wrong_type(item, "an object");
      case Kind::kAssignPattern:
        return take_assign_pattern(item);
      case Kind::kAssignProfile:
        return take_assign_profile(item);
    }
    return false;
  }

  // An entry that is no object is a mistake, of which nothing below is looked at.
  bool take_assign_entry(const JsonItem& item) {
    if (shape_.assign.size() == kAssignMax) {
      add(item.path, item.start, raw(item),
          "this is one more than the " + std::to_string(kAssignMax) + " that are possible",
          "put \"*\" in place of many names");
      return false;
    }
    shape_.assign.push_back({.start = item.start, .end = item.end, .match = {}, .profile = {}});
    if (item.type == JsonType::kObject) {
      return true;
    }
    shape_.assign.back().has_match = true;
    shape_.assign.back().has_profile = true;
    return wrong_type(item, "an object with \"match\" and \"profile\"");
  }

  bool take_assign_pattern(const JsonItem& item) {
    if (item.type != JsonType::kString) {
      return wrong_type(item, "a string: what the annotation holds, \"*\" for any bytes");
    }
    if (item.path.back().starts_with(kAnnotationPrefix)) {
      add(item.path, item.key_start, raw_key(item),
          "whoever starts the container writes this annotation: it is a request",
          "match what the engine writes, or let the container name the profile by " +
              std::string(kAnnotationPrefix) + "profile");
      return false;
    }
    shape_.assign.back().match.emplace(item.path.back(), item.text);
    return true;
  }

  bool take_assign_profile(const JsonItem& item) {
    shape_.assign.back().has_profile = true;
    if (item.type != JsonType::kString) {
      return wrong_type(item, "the name of a profile");
    }
    shape_.assign.back().profile = string_element(text_, item);
    return true;
  }

  void find_missing(const AssignElement& entry, bool is_there, std::string_view key,
                    std::string hint) {
    if (!is_there) {
      const auto index = static_cast<std::size_t>(&entry - shape_.assign.data());
      add(std::array{std::string("assign"), std::to_string(index)}, entry.start,
          text_.substr(entry.start, entry.end - entry.start),
          "the key " + json_quote(key) + " is missing", std::move(hint));
    }
  }

  bool unknown_key(const JsonItem& item) {
    std::vector<std::string_view> names;  // of the keys that could stand in its place
    for (const Key& key : kKeys) {
      const std::size_t slash = key.path.rfind('/');
      const std::string_view parent =
          slash == std::string_view::npos ? "" : key.path.substr(0, slash);
      const std::span<const std::string> above(item.path.data(), item.path.size() - 1);
      if (above.empty() ? slash == std::string_view::npos : matches(parent, above)) {
        names.push_back(key.path.substr(slash + 1));  // npos + 1 is 0
      }
    }
    const std::optional<std::string_view> near = nearest(item.path.back(), names);
    add(item.path, item.key_start, raw_key(item), "there is no such key",
        near ? "write " + json_quote(*near)
             : "the keys are " + join(std::vector<std::string>(names.begin(), names.end()), ", "));
    if (near && item.path.front() == "assign") {  // then it is not missing
      AssignElement& entry = shape_.assign.back();
      (*near == "match" ? entry.has_match : entry.has_profile) = true;
    }
    return false;
  }

  // A key below "groups" or "profiles" is a name.
  bool take_name(const JsonItem& item) {
    if (item.path.size() != 2 || (item.path[0] != "groups" && item.path[0] != "profiles")) {
      return true;
    }
    const std::string& name = item.path[1];
    const bool is_group = item.path[0] == "groups";
    if (!is_name(name)) {
      add(item.path, item.key_start, raw_key(item), "this cannot be a name",
          "use letters, digits, and between them '-', '_' and '.'; " +
              std::to_string(kNameBytesMax) + " bytes at most");
      return false;
    }
    const bool is_current = "@" + name == kCurrentWord;
    if (is_group && (is_current || Groups::is_built_in("@" + name))) {
      add(item.path, item.key_start, raw_key(item),
          is_current ? "\"@current\" is a value, the number that is there"
                     : "this group is built in",
          "take another name");
      return false;
    }
    auto& named = is_group ? shape_.groups : shape_.profiles;
    if (named.size() == kNamedMax) {
      add(item.path, item.key_start, raw_key(item),
          "this is one more than the " + std::to_string(kNamedMax) + " that are possible",
          "join some of them");
      return false;
    }
    named.insert(name);
    return true;
  }

  bool take_list(const JsonItem& item) {
    if (item.type != JsonType::kArray) {
      return wrong_type(item, "an array of strings");
    }
    if (!take_name(item)) {
      return false;
    }
    shape_.lists[join(item.path, "/")];
    return true;
  }

  bool take_element(JsonItem& item, const std::string& wanted) {
    if (item.type != JsonType::kString) {
      return wrong_type(item, wanted);
    }
    const std::string list = join(std::span(item.path.data(), item.path.size() - 1), "/");
    shape_.lists[list].push_back(string_element(text_, item));
    return true;
  }

  bool take_word(JsonItem& item, const Key& key) {
    std::string wanted;
    for (const std::string_view word : key.words) {
      wanted += (wanted.empty() ? "" : " or ") + json_quote(word);
    }
    if (item.type != JsonType::kString ||
        std::ranges::find(key.words, item.text) == key.words.end()) {
      return wrong_type(item, wanted);
    }
    if (key.path.ends_with("/*")) {
      return take_element(item, wanted);
    }
    shape_.words.emplace(join(item.path, "/"), string_element(text_, item));
    return true;
  }

  bool take_event_buffer(const JsonItem& item) {
    const std::optional<std::uint64_t> bytes =
        item.type == JsonType::kNumber ? parse_decimal(item.text) : std::nullopt;
    if (!bytes || *bytes < kEventBufferMin || *bytes > kEventBufferMax ||
        !std::has_single_bit(*bytes)) {
      return wrong_type(item, "a power of two from " + std::to_string(kEventBufferMin) + " to " +
                                  std::to_string(kEventBufferMax));
    }
    shape_.event_buffer = *bytes;
    return true;
  }

  std::string_view text_;
  const std::string& source_;
  Diagnostics& findings_;
  NodePolicyShape shape_;
  std::optional<std::vector<std::string>> mistake_;  // the path of the last value with a finding
  bool has_version_ = false;
};

}  // namespace

const std::vector<JsonElement>* NodePolicyShape::list(std::string_view path) const {
  const auto found = lists.find(path);
  return found == lists.end() ? nullptr : &found->second;
}

const JsonElement* NodePolicyShape::word(std::string_view path) const {
  const auto found = words.find(path);
  return found == words.end() ? nullptr : &found->second;
}

NodePolicyShape read_node_policy_shape(std::string_view text, const std::string& source,
                                       Diagnostics& findings) {
  return ShapeReader(text, source, findings).read();
}

}  // namespace sg::policy
