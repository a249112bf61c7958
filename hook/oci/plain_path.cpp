// SPDX-License-Identifier: Apache-2.0
// plain_path.cpp - component by component.
#include "oci/plain_path.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace sg::oci {

std::string plain_path(std::string_view path) {
  if (!path.starts_with('/')) {
    return std::string(path);
  }
  std::string plain;
  for (const std::string_view component : split(path, '/')) {
    if (!component.empty() && component != ".") {
      plain.append("/").append(component);
    }
  }
  return plain.empty() ? "/" : plain;
}

bool has_dot_dot(std::string_view path) {
  const std::vector<std::string_view> components = split(path, '/');
  return std::ranges::find(components, "..") != components.end();
}

bool is_at_or_below(std::string_view path, std::string_view above) {
  return path.starts_with(above) &&
         (above == "/" || path.size() == above.size() || path[above.size()] == '/');
}

bool is_proc_sys(std::string_view path) { return plain_path(path) == kProcSys; }

}  // namespace sg::oci
