// SPDX-License-Identifier: Apache-2.0
// plain_path.cpp - component by component.
#include "oci/plain_path.h"

#include <cstddef>

namespace sg::oci {
namespace {

// From `begin` to the next slash. No list of all of them is made: a path may have millions.
std::string_view component_at(std::string_view path, std::size_t begin) {
  return path.substr(begin, path.find('/', begin) - begin);
}

}  // namespace

std::string plain_path(std::string_view path) {
  if (!path.starts_with('/')) {
    return std::string(path);
  }
  std::string plain;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::string_view component = component_at(path, begin);
    if (!component.empty() && component != ".") {
      plain.append("/").append(component);
    }
    begin += component.size() + 1;
  }
  return plain.empty() ? "/" : plain;
}

bool has_dot_dot(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    const std::string_view component = component_at(path, begin);
    if (component == "..") {
      return true;
    }
    begin += component.size() + 1;
  }
  return false;
}

bool is_in_process(std::string_view plain) {
  constexpr std::string_view kBelowProc = "/proc/";
  if (!plain.starts_with(kBelowProc)) {
    return false;
  }
  const std::string_view entry = component_at(plain, kBelowProc.size());
  return entry == "self" || entry == "thread-self" ||
         (!entry.empty() && entry[0] >= '0' && entry[0] <= '9');
}

bool is_proc_sys(std::string_view path) { return plain_path(path) == kProcSys; }

}  // namespace sg::oci
