// SPDX-License-Identifier: Apache-2.0
// assign.h - the node policy's "assign": which profile a container gets by what its engine says of
// it, without annotations of its own.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace sg::policy {

// The most entries of one file. Each is held against each container until one fits.
inline constexpr std::size_t kAssignMax = 256;

// One entry: a container whose annotations fit all patterns gets the profile.
struct Assignment {
  std::map<std::string, std::string> match;  // annotation -> pattern; none: fits every container
  std::string profile;
};

using KeySet = std::set<std::string, std::less<>>;

// Of which annotations it is known whether they are there: all, or those of `keys`.
struct Known {
  bool is_all = true;
  KeySet keys = {};

  [[nodiscard]] bool has(const std::string& key) const { return is_all || keys.contains(key); }
  friend bool operator==(const Known&, const Known&) = default;
};

// Whether the whole `text` is the pattern's bytes, where '*' stands for any run of them, none too.
// No other byte means anything but itself.
[[nodiscard]] bool fits(std::string_view pattern, std::string_view text);

// Whether `entry` certainly fits every container that `other` fits.
[[nodiscard]] bool covers(const Assignment& entry, const Assignment& other);

// What is assigned to a container.
struct Assigned {
  const Assignment* hit = nullptr;  // the first entry that fits; null for none
  // An annotation on which it depends and which is not known; then nothing else is told.
  std::optional<std::string> unknown = std::nullopt;
};

// The result points into `assign`.
[[nodiscard]] Assigned find_assigned(std::span<const Assignment> assign,
                                     const std::map<std::string, std::string>& annotations,
                                     const Known& known);

// The annotations that the entries name.
[[nodiscard]] KeySet matched_keys(std::span<const Assignment> assign);

// The same from the text of a node policy, which need not be valid otherwise: then it makes no
// policy. Nothing else of the text is looked at, and nothing at all where no "assign" is in it.
[[nodiscard]] KeySet matched_keys_in(std::string_view node_text);

// Those of `keys` that are known.
[[nodiscard]] KeySet known_keys(const KeySet& keys, const Known& known);

// Whether the text may have the key "assign": false only where it certainly has not.
[[nodiscard]] bool may_assign(std::string_view node_text);

}  // namespace sg::policy
