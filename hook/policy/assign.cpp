// SPDX-License-Identifier: Apache-2.0
// assign.cpp - patterns of bytes held against annotations, and the keys of them, from a text that
// is looked at for each container.
#include "policy/assign.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <variant>
#include <vector>

#include "base/json.h"

namespace sg::policy {
namespace {

constexpr std::string_view kKey = "assign";

}  // namespace

// Each piece between two '*' is taken where it stands first: what comes behind it then has the most
// room. The last one belongs to the end.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    return pattern == text;
  }
  if (!text.starts_with(pattern.substr(0, star))) {
    return false;
  }
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  while ((star = pattern.find('*')) != std::string_view::npos) {
    const std::string_view piece = pattern.substr(0, star);
    const std::size_t at = text.find(piece);
    if (at == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(at + piece.size());
    pattern.remove_prefix(star + 1);
  }
  return text.ends_with(pattern);
}

// A pattern that fits another one's text has for each of its bytes one that stands there too.
bool covers(const Assignment& entry, const Assignment& other) {
  return std::ranges::all_of(entry.match, [&other](const auto& item) {
    const auto found = other.match.find(item.first);
    return found != other.match.end() && fits(item.second, found->second);
  });
}

Assigned find_assigned(std::span<const Assignment> assign,
                       const std::map<std::string, std::string>& annotations, const Known& known) {
  for (const Assignment& entry : assign) {
    const auto differs = [&](const auto& item) {
      const auto found = annotations.find(item.first);
      return known.has(item.first) &&
             (found == annotations.end() || !fits(item.second, found->second));
    };
    if (std::ranges::any_of(entry.match, differs)) {
      continue;
    }
    const auto unknown =
        std::ranges::find_if(entry.match, [&](const auto& item) { return !known.has(item.first); });
    if (unknown != entry.match.end()) {
      return {.unknown = unknown->first};
    }
    return {.hit = &entry};
  }
  return {};
}

KeySet matched_keys(std::span<const Assignment> assign) {
  KeySet keys;
  for (const Assignment& entry : assign) {
    for (const auto& [key, pattern] : entry.match) {
      keys.insert(key);
    }
  }
  return keys;
}

KeySet known_keys(const KeySet& keys, const Known& known) {
  KeySet of_keys;
  std::ranges::copy_if(keys, std::inserter(of_keys, of_keys.end()),
                       [&known](const std::string& key) { return known.has(key); });
  return of_keys;
}

bool may_assign(std::string_view node_text) {
  // Of the escapes in JSON, \u alone can write a letter.
  return node_text.find(kKey) != std::string_view::npos ||
         node_text.find("\\u") != std::string_view::npos;
}

KeySet matched_keys_in(std::string_view node_text) {
  KeySet keys;
  if (!may_assign(node_text)) {
    return keys;
  }
  const std::array<std::vector<std::string_view>, 1> wanted = {{{kKey}}};
  const std::variant<std::vector<JsonItem>, JsonProblem> scanned = scan_json(node_text, wanted);
  const auto* const items = std::get_if<std::vector<JsonItem>>(&scanned);
  if (items == nullptr) {
    return keys;
  }
  for (const JsonItem& item : *items) {  // assign / INDEX / match / KEY
    if (item.path.size() == 4 && item.path[2] == "match") {
      keys.insert(item.path[3]);
    }
  }
  return keys;
}

}  // namespace sg::policy
