// SPDX-License-Identifier: Apache-2.0
// node_policy_shape.h - the shape of the node policy: its keys, the type of each, and what stands
// there.
//
// Rules are strings here. Names of groups and profiles are checked, what they mean is not.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "policy/rule_text.h"

namespace sg::policy {

// An entry of "assign", as far as it is as it should be.
struct AssignElement {
  std::size_t start = 0;  // of its text
  std::size_t end = 0;
  std::map<std::string, std::string> match;
  std::optional<JsonElement> profile;
  bool has_match = false;  // also one with a mistake
  bool has_profile = false;
};

// What the file holds, by path: "limit/allow", "profiles/NAME/deny", "groups/NAME".
struct NodePolicyShape {
  std::map<std::string, std::vector<JsonElement>, std::less<>> lists;
  std::map<std::string, JsonElement, std::less<>> words;
  std::optional<std::size_t> event_buffer;
  std::vector<AssignElement> assign;
  std::set<std::string, std::less<>> groups;  // their names
  std::set<std::string, std::less<>> profiles;

  // Null where the file has none.
  [[nodiscard]] const std::vector<JsonElement>* list(std::string_view path) const;
  [[nodiscard]] const JsonElement* word(std::string_view path) const;
};

// Reads the document. Findings, with JSON pointers, about whatever is not as the keys want it; what
// they are about is left out of the result.
[[nodiscard]] NodePolicyShape read_node_policy_shape(std::string_view text,
                                                     const std::string& source,
                                                     Diagnostics& findings);

}  // namespace sg::policy
