// SPDX-License-Identifier: Apache-2.0
// new_annotations.cpp - replaces by key, so that what is replaced is what held.
#include "request/new_annotations.h"

#include <array>
#include <span>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "policy/annotations.h"

namespace sg::request {
namespace {

constexpr std::string_view kMember = "annotations";
constexpr const char* kHint =
    "give a JSON object with annotations as strings, or one with a member \"annotations\"";

bool is_of_ours(const std::string& key) { return key.starts_with(policy::kAnnotationPrefix); }

// The strings right below `parent`.
Result<Annotations> strings_below(const std::vector<JsonItem>& items,
                                  std::span<const std::string> parent, const std::string& what) {
  Annotations annotations;
  for (const JsonItem& item : items) {
    if (item.path.size() <= parent.size()) {
      if (item.type != JsonType::kObject) {
        return Error{Errc::kBadInput, what + ": its annotations are no object", kHint};
      }
      continue;
    }
    if (item.type != JsonType::kString || item.path.size() != parent.size() + 1) {
      return Error{Errc::kBadInput,
                   what + ": annotation '" + escape(item.path[parent.size()]) + "' is no string",
                   kHint};
    }
    annotations.emplace(item.path.back(), item.text);
  }
  return annotations;
}

}  // namespace

Result<Annotations> read_annotations(std::string_view text, const std::string& what) {
  const std::array<std::vector<std::string_view>, 1> member = {{{kMember}}};
  const Result<std::vector<JsonItem>> found = read_json(text, what, member);
  if (!found) {
    return found.error();
  }
  if (!found->empty()) {
    return strings_below(*found, std::array{std::string(kMember)}, what);
  }
  const std::array<std::vector<std::string_view>, 1> everything = {};
  const Result<std::vector<JsonItem>> items = read_json(text, what, everything);
  return items ? strings_below(*items, {}, what) : items.error();
}

std::string key_in_effect(const Annotations& annotations, std::string_view key) {
  const std::string plain = std::string(policy::kAnnotationPrefix) + std::string(key);
  for (const std::string_view name_key : policy::kContainerNameKeys) {
    const auto name = annotations.find(std::string(name_key));
    if (name != annotations.end() && annotations.contains(plain + "/" + name->second)) {
      return plain + "/" + name->second;
    }
  }
  return plain;
}

Annotations replace_annotations(const Annotations& stored, const std::optional<Annotations>& all,
                                const std::map<std::string, std::string>& lists) {
  Annotations annotations = stored;
  if (all) {
    // Marks stay: they say how the container was created.
    std::erase_if(annotations, [](const auto& item) {
      return is_of_ours(item.first) && !policy::is_mark(item.first);
    });
    const bool has_ours = policy::has_annotation_of_ours(*all);
    for (const auto& [key, value] : *all) {
      if (has_ours && policy::is_meant_for_us(key, value) && !policy::is_mark(key)) {
        annotations.insert_or_assign(key, value);
      }
    }
  }
  for (const auto& [key, value] : lists) {
    annotations.insert_or_assign(key_in_effect(annotations, key), value);
  }
  return annotations;
}

}  // namespace sg::request
