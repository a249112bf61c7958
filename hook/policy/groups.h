// SPDX-License-Identifier: Apache-2.0
// groups.h - "@name" into the rules it stands for: the built-in groups, and those of the node
// policy.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.h"

namespace sg::policy {

class Groups {
 public:
  // The built-in ones. @namespaced is the union of the namespaces in `private_namespaces`, and may
  // be empty; so may @pid, by the kernel that `private_namespaces` names.
  explicit Groups(const sysctl::NamespaceSet& private_namespaces);

  // A group of the node policy, by its name with '@'. Its rules have `pattern`, `values` and
  // `text`.
  void add(std::string name, std::vector<Rule> rules) {
    groups_.insert_or_assign(std::move(name), std::move(rules));
  }

  // The rules of a group, by its name with '@'; null where there is none of that name. They live as
  // long as no group is added.
  [[nodiscard]] const std::vector<Rule>* find(std::string_view name) const;

  // The names of all groups, with their '@', sorted. Views of them live as long as the groups.
  [[nodiscard]] std::vector<std::string_view> names() const;

  [[nodiscard]] static bool is_built_in(std::string_view name);

 private:
  std::map<std::string, std::vector<Rule>, std::less<>> groups_;
};

}  // namespace sg::policy
