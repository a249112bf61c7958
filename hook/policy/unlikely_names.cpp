// SPDX-License-Identifier: Apache-2.0
// unlikely_names.cpp - patterns against the rows of what was walked, and the nearest row to one
// that is none.
#include "policy/unlikely_names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "policy/rule_text.h"
#include "sysctl/interface_names.h"
#include "sysctl/sysctl_name.h"
#include "sysctl/walked.h"

namespace sg::policy {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

using sysctl::Walked;

void warn(const Rule& rule, std::string message, std::string hint, Diagnostics& findings) {
  add_finding(findings,
              finding_about(rule, Severity::kWarning, std::move(message), std::move(hint)));
}

std::string shown(std::string_view slash_name) {
  return escape(sysctl::to_dot_form(slash_name), 128);
}

bool is_row(std::string_view pattern) {
  return std::ranges::any_of(
      sysctl::walked(), [pattern](const Walked& row) { return sysctl::can_be(pattern, row.name); });
}

bool is_directory(std::string_view pattern) {
  return std::ranges::any_of(sysctl::walked(), [pattern](const Walked& row) {
    for (std::size_t slash = row.name.find('/'); slash != kNone;
         slash = row.name.find('/', slash + 1)) {
      if (sysctl::can_be(pattern, row.name.substr(0, slash))) {
        return true;
      }
    }
    return false;
  });
}

// "IFNAME", "<if>", "$DEV", "ethX" and the like, which pages have in place of a name.
bool is_placeholder(std::string_view component) {
  if (component.find_first_of("<>$%") != kNone) {
    return true;
  }
  constexpr std::array<std::string_view, 3> kLower = {"iface", "ifname", "interface"};
  if (std::ranges::any_of(
          kLower, [component](std::string_view word) { return component.find(word) != kNone; })) {
    return true;
  }
  const auto is_upper = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; };
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (std::ranges::all_of(component, is_upper)) {
    constexpr std::array<std::string_view, 5> kWords = {"IF", "NAME", "DEV", "NIC", "INTERFACE"};
    return std::ranges::any_of(
        kWords, [component](std::string_view word) { return component.find(word) != kNone; });
  }
  const std::string_view front = component.substr(0, component.size() - 1);
  return front.size() >= 2 && std::ranges::all_of(front, is_lower) &&
         (component.ends_with('X') || component.ends_with('N'));
}

// The pattern with a dot for each separator inside the name of an interface, where that makes a
// sysctl of it: dots in it were taken for separators.
std::optional<std::string> with_interface_joined(std::string_view pattern) {
  for (const Walked& row : sysctl::walked()) {
    const std::size_t star = row.name.find("/*/");
    if (star == kNone) {
      continue;
    }
    const std::string_view before = row.name.substr(0, star + 1);
    const std::string_view after = row.name.substr(star + 2);
    if (!pattern.starts_with(before) || !pattern.ends_with(after) ||
        pattern.size() <= before.size() + after.size()) {
      continue;
    }
    std::string middle(
        pattern.substr(before.size(), pattern.size() - before.size() - after.size()));
    if (middle.find('/') != kNone) {
      std::ranges::replace(middle, '/', '.');
      return std::string(before) + middle + std::string(after);
    }
  }
  return std::nullopt;
}

std::string_view leaf_of(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// `row` with what `pattern` has in the place of its "*".
std::string with_interface_of(std::string_view pattern, const std::string& row) {
  const std::vector<std::string_view> written = split(pattern, '/');
  const std::vector<std::string_view> components = split(row, '/');
  std::vector<std::string> out;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const bool takes = components[i] == "*" && written.size() == components.size();
    out.emplace_back(takes ? written[i] : components[i]);
  }
  return join(out, "/");
}

// The row that was probably meant.
std::optional<std::string> nearest_row(const std::string& pattern) {
  const std::optional<sysctl::InterfacePlace> place = sysctl::interface_or_template_place(pattern);
  std::string shape = pattern;
  if (place) {
    shape.replace(place->start, place->size, "*");
  }
  shape = to_lower(shape);
  std::vector<std::string_view> all;
  std::vector<std::string_view> in_folder;
  const std::string folder = shape.substr(0, shape.rfind('/') + 1);
  std::optional<std::string_view> found;
  for (const Walked& row : sysctl::walked()) {
    all.push_back(row.name);
    if (row.name.starts_with(folder) && row.name.find('/', folder.size()) == kNone) {
      in_folder.push_back(leaf_of(row.name));
    }
    // The same at another place, or without the directories in front.
    const bool is_tail = row.name.ends_with("/" + shape);
    if (is_tail || leaf_of(row.name) == leaf_of(shape)) {
      found = !found || is_tail ? row.name : found;
    }
  }
  std::string near;
  if (const auto leaf = nearest(leaf_of(shape), in_folder); leaf && !folder.empty()) {
    near = folder + std::string(*leaf);
  } else if (found) {
    near = *found;
  } else if (const auto name = nearest(shape, all)) {
    near = *name;
  } else if (folder.empty()) {
    std::vector<std::string_view> leaves;
    std::ranges::transform(all, std::back_inserter(leaves), leaf_of);
    const auto other = nearest(shape, leaves);
    near =
        other
            ? std::string(
                  all[static_cast<std::size_t>(std::ranges::find(leaves, *other) - leaves.begin())])
            : "";
  }
  if (near.empty()) {
    return std::nullopt;
  }
  return with_interface_of(pattern, near);
}

bool is_here(std::string_view pattern, const NamesHere& here) {
  return pattern.find('*') == kNone ? here.contains(pattern)
                                    : std::ranges::any_of(here, [pattern](const std::string& name) {
                                        return sysctl::pattern_matches(pattern, name);
                                      });
}

void look_at(const Rule& rule, const NamesHere& here, Diagnostics& findings) {
  const std::string& pattern = rule.pattern;
  if (pattern.starts_with('-')) {
    warn(rule, "the name begins with \"-\", which is part of it here",
         "leave out the \"-\" of sysctl.d: write " + shown(pattern.substr(1)), findings);
    return;
  }
  if (is_here(pattern, here)) {
    return;
  }
  if (is_row(pattern)) {
    const std::optional<sysctl::InterfacePlace> place =
        sysctl::interface_or_template_place(pattern);
    const std::string component = place ? pattern.substr(place->start, place->size) : "";
    if (place && is_placeholder(component)) {
      warn(rule,
           "\"" + escape(component, 32) +
               "\" reads like a placeholder, and is taken as the "
               "name of an interface",
           "write the interface's name, or \"*\" for any", findings);
    }
    return;
  }
  if (const std::optional<std::string> joined = with_interface_joined(pattern)) {
    warn(rule, "no sysctl has this name: the dots of an interface's name are taken for separators",
         "write " + shown(*joined), findings);
    return;
  }
  if (is_directory(pattern)) {
    warn(rule, "this is a directory, and no sysctl has this name",
         "write " + shown(pattern) + ".* for all that is below it", findings);
    return;
  }
  const std::size_t slash = pattern.rfind('/');
  const std::optional<std::string> near = nearest_row(pattern);
  if (!near && slash != kNone && !is_directory(pattern.substr(0, slash))) {
    return;  // nobody has looked there
  }
  warn(rule,
       pattern.find('*') == kNone ? "no tested kernel has a sysctl of this name"
                                  : "no tested kernel has a sysctl that this matches",
       near ? "write " + shown(*near) + ", if that is meant"
            : "compare it with the list that `sysctl -a` prints",
       findings);
}

// Not one of those that nobody wrote as a rule.
bool is_written(const Rule& rule) {
  return !rule.text.empty() && !rule.literal &&
         (rule.kind == RuleKind::kAllow || rule.kind == RuleKind::kDeny ||
          rule.kind == RuleKind::kDenyRead);
}

bool is_read_only(const Walked& row) { return row.initial.find('w') == kNone; }

}  // namespace

void warn_unlikely_names(std::span<const Rule> rules, const NamesHere& here,
                         Diagnostics& findings) {
  for (const Rule& rule : rules) {
    if (is_written(rule) && !rule.text.starts_with('@')) {
      look_at(rule, here, findings);
    }
  }
}

void warn_empty_patterns(std::span<const Rule> rules, const sysctl::NamespaceSet& own,
                         Diagnostics& findings) {
  for (const Rule& rule : rules) {
    const bool is_pattern = rule.pattern.find('*') != kNone;
    if (rule.kind != RuleKind::kAllow || rule.text.empty() || rule.literal ||
        rule.text.starts_with('@')) {
      continue;
    }
    bool any = false;
    bool all_empty = true;
    bool all_read_only = true;
    for (const Walked& row : sysctl::walked()) {
      if (!sysctl::can_be(rule.pattern, row.name)) {
        continue;
      }
      any = true;
      const std::optional<sysctl::Namespace> ns = sysctl::namespace_of(row.name, own.in_pid);
      all_empty = all_empty && ns && own.has(*ns) && row.fresh.find('w') == kNone;
      all_read_only = all_read_only && is_read_only(row);
    }
    if (any && all_read_only) {
      warn(rule, "nobody can write this sysctl: the rule grants nothing", "remove the rule",
           findings);
    } else if (any && all_empty && is_pattern) {
      warn(rule,
           "in a namespace of its own a container can write none of these sysctls: the rule grants "
           "nothing there",
           "set them on the host, or remove the rule", findings);
    }
  }
}

}  // namespace sg::policy
