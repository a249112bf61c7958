// SPDX-License-Identifier: Apache-2.0
// access_name.cpp - component by component, as a path below /proc/sys.
#include "cli/check/access_name.h"

#include <vector>

#include "base/text.h"
#include "sysctl/meant_name.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {

std::optional<NoName> no_access_name(std::string_view slash_name, bool is_glob) {
  std::vector<std::string> left;  // what a path would lead to
  std::string wrong;
  for (const std::string_view component : split(slash_name, '/')) {
    const bool is_above = component == "..";
    if (!component.empty() && component != "." && !is_above) {
      left.emplace_back(component);
      continue;
    }
    if (wrong.empty()) {
      wrong =
          component.empty() ? "an empty component" : "the component \"" + escape(component) + "\"";
    }
    if (is_above && !left.empty()) {
      left.pop_back();
    }
  }
  if (!wrong.empty()) {
    const std::string name = join(left, "/");
    return NoName{"has " + wrong + " in its name",
                  sysctl::is_known_name(name)
                      ? "write " + sysctl::to_dot_form(name) + " if that is meant"
                      : "write the name as it stands under /proc/sys"};
  }
  if (!is_glob && slash_name.find('*') != std::string_view::npos) {
    return NoName{"has a wildcard in its name",
                  "name one sysctl; lines with wildcards are read with --file"};
  }
  return std::nullopt;
}

}  // namespace sg::cli
