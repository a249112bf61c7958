// SPDX-License-Identifier: Apache-2.0
// meant_separators.cpp - each reading of the separators is tried, and counts where it gives a name that
// is known.
#include "sysctl/meant_separators.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "base/text.h"
#include "sysctl/interface_names.h"
#include "sysctl/meant_name.h"
#include "sysctl/sysctl_name.h"
#include "sysctl/walked.h"

namespace sg::sysctl {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

std::string if_known(std::string name) { return is_known_name(name) ? std::move(name) : ""; }

std::string replaced(std::string_view text, char from, char to) {
  std::string out(text);
  std::ranges::replace(out, from, to);
  return out;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != kNone; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

bool is_vlan(std::string_view component) { return component == "*" || parse_decimal(component); }

// In the place of an interface's name, and of none.
bool is_not_of_interface(std::string_view component) {
  return component.starts_with("all.") || component.starts_with("default.");
}

}  // namespace

std::string with_interface_joined(std::string_view pattern) {
  for (const Walked& row : walked()) {
    const std::size_t star = row.name.find("/*/");
    if (star == kNone || !pattern.starts_with(row.name.substr(0, star + 1))) {
      continue;
    }
    const std::string before(row.name.substr(0, star + 1));
    std::vector<std::string> rest;
    for (const std::string_view piece : split(pattern.substr(before.size()), '/')) {
      rest.emplace_back(piece);
    }
    const bool has_vlan = rest.size() > 1 && is_vlan(rest[1]);
    if (has_vlan && rest.size() == 2) {
      rest.emplace_back("*");  // the directory of that interface
    }
    const std::string leaf(row.name.substr(star + 3));
    const bool is_of_row = rest.size() > 2 && rest.front() != "all" && rest.front() != "default" &&
                           (has_vlan ? can_be(rest.back(), leaf) : rest.back() == leaf);
    if (is_of_row) {
      const std::string last = rest.back();
      rest.pop_back();
      return before + join(rest, ".") + "/" + last;
    }
  }
  return "";
}

std::string with_vlan_joined(std::string_view pattern) {
  const std::string_view before = interfaces_of(pattern);
  const std::size_t dot = pattern.find('/', before.size());
  if (before.empty() || dot == kNone) {
    return "";
  }
  const std::size_t end = pattern.find('/', dot + 1);
  if (end == kNone || !parse_decimal(pattern.substr(dot + 1, end - dot - 1))) {
    return "";
  }
  std::string joined(pattern);
  joined[dot] = '.';
  return joined;
}

std::string with_one_separator(std::string_view pattern) {
  if (pattern.find('.') == kNone) {
    return "";
  }
  const std::string all = replaced(pattern, '.', '/');
  if (is_known_name(all)) {
    return all;
  }
  std::string joined = with_interface_joined(all);
  // The directory of a VLAN's name is written as it is to be.
  return joined == pattern || joined == std::string(pattern) + "/*" ? "" : if_known(joined);
}

std::string component_with_dot(std::string_view pattern) {
  const std::string_view before = interfaces_of(pattern);
  std::size_t at = 0;
  for (const std::string_view component : split(pattern, '/')) {
    const bool is_interface = !before.empty() && at == before.size();
    if (component.find('.') != kNone && (!is_interface || is_not_of_interface(component))) {
      return std::string(component);
    }
    at += component.size() + 1;
  }
  return "";
}

std::string with_other_separators(std::string_view pattern) {
  for (const char sign : {':', '\\', '-', '_'}) {
    if (std::string other = if_known(replaced(pattern, sign, '/')); !other.empty()) {
      return other;
    }
  }
  for (const char sign : {'_', '-'}) {
    for (std::size_t at = pattern.find(sign); at != kNone; at = pattern.find(sign, at + 1)) {
      std::string other = replaced(pattern.substr(0, at + 1), sign, '/');
      other += pattern.substr(at + 1);
      if (is_known_name(other)) {
        return other;
      }
      other = pattern;
      other[at] = '/';
      if (is_known_name(other)) {
        return other;
      }
    }
  }
  // From behind, as the name of a sysctl is what has such signs.
  for (const char sign : {'_', '-'}) {
    std::string other(pattern);
    for (std::size_t at = other.rfind('/'); at != kNone && at > 0; at = other.rfind('/', at - 1)) {
      other[at] = sign;
      if (is_known_name(other)) {
        return other;
      }
    }
  }
  return "";
}

std::string sysctl_above(std::string_view pattern) {
  for (std::size_t at = pattern.rfind('/'); at != kNone && at > 0;
       at = pattern.rfind('/', at - 1)) {
    const std::string_view above = pattern.substr(0, at);
    if (!above.ends_with('*') && is_known_name(above)) {
      return std::string(above);
    }
  }
  return "";
}

std::string without_expression(std::string_view pattern) {
  std::string out(pattern);
  std::erase(out, '\\');
  out.erase(0, out.starts_with('^') ? 1 : 0);
  if (out.ends_with('$')) {
    out.pop_back();
  }
  if (out.ends_with('%')) {
    out.back() = '*';
  }
  for (const std::string_view any : {".*", ".+", "/+"}) {
    replace_all(out, any, any.starts_with('/') ? "/*" : "*");
  }
  // "arp.*" is what begins so.
  const std::string before_all = out.ends_with("/*") ? out.substr(0, out.size() - 2) : "";
  if (out == pattern && !before_all.empty() && !is_known_name(before_all) &&
      known_directory(before_all) == Directory::kNone) {
    out.erase(out.size() - 2, 1);
    return if_known(out);
  }
  if (out == pattern) {
    // "eth.*" is no VLAN of an interface of that name.
    const std::string_view before = interfaces_of(out);
    const std::size_t dot = out.find("/*/", before.size());
    const std::string_view interface =
        std::string_view(out).substr(before.size(), dot - before.size());
    const bool is_word = interface.find_first_of("0123456789/*.") == kNone && !interface.empty();
    if (before.empty() || dot == kNone || !is_word) {
      return "";
    }
    out.erase(dot, 1);
    return if_known(out);
  }
  if (is_known_name(out)) {
    return out;
  }
  if (known_directory(out) == Directory::kNamed) {
    return out + "/*";
  }
  // ".*" behind a piece of a component, in the form with dots.
  if (out.ends_with("/*")) {
    out.erase(out.size() - 2, 1);
    return if_known(out);
  }
  return "";
}

}  // namespace sg::sysctl
