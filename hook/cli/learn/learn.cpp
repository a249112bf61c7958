// SPDX-License-Identifier: Apache-2.0
// learn.cpp - writes grouped by the pattern that names them, then the values of each group.
#include "cli/learn/learn.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/learn/learned_values.h"
#include "policy/rule_parser.h"
#include "sysctl/interface_names.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

bool includes(Generalise what, Generalise part) { return what == part || what == Generalise::kAll; }

// Whether a component can stand in a rule as it is.
bool is_writable(std::string_view component) {
  const std::string alone(component);
  Diagnostics findings;
  return component.find_first_of("*?[{") == std::string_view::npos && !has_shell_byte(component) &&
         policy::parse_pattern("a/" + alone, policy::TextPlace{}, findings) == "a/" + alone &&
         !findings.has_errors();
}

// A name on its way to a pattern.
struct Pattern {
  std::string text;  // slash form
  std::vector<std::string> notes;
  std::string problem;  // no rule can name it
};

Pattern pattern_of(std::string_view name) {
  Pattern pattern;
  if (name.empty() || name.size() > sysctl::kNameMax) {
    pattern.problem = name.empty()
                          ? "its name is not known"
                          : "its name has more than " + std::to_string(sysctl::kNameMax) + " bytes";
    return pattern;
  }
  const std::vector<std::string_view> components = split(name, '/');
  for (std::size_t i = 0; i < components.size(); ++i) {
    const std::string_view component = components[i];
    if (component.empty() || component == "." || component == ".." ||
        component.find('\0') != component.npos) {
      pattern.problem = "no sysctl has such a name";
      return pattern;
    }
    pattern.text += i == 0 ? "" : "/";
    if (is_writable(component)) {
      pattern.text += component;
      continue;
    }
    pattern.text += '*';
    const std::string why =
        has_shell_byte(component) ? "which a shell could act on" : "which cannot stand in a rule";
    pattern.notes.push_back("\"*\" in place of \"" + escape(component, 64) + "\", " + why);
  }
  // A '*' in front would be far from what was seen; and a dot there would be read as the separator.
  if (pattern.text.starts_with('*') || components.front().find('.') != std::string_view::npos) {
    pattern.problem = "no sysctl has such a name";
  }
  return pattern;
}

std::string with_star(std::string_view name, sysctl::InterfacePlace place) {
  return std::string(name.substr(0, place.start)) + "*" +
         std::string(name.substr(place.start + place.size));
}

struct Group {
  std::vector<const SeenWrite*> writes;
  std::set<std::string> interfaces;
  std::vector<std::string> notes;
};

// The interfaces of one shape (the name with "*" for its interface).
struct Interfaces {
  std::set<std::string> names;     // as they were seen
  std::set<std::string> patterns;  // those that machines make as patterns, the others as they are
};

std::map<std::string, Interfaces> interfaces_of(std::span<const SeenWrite> writes) {
  std::map<std::string, Interfaces> interfaces;
  for (const SeenWrite& write : writes) {
    if (const std::optional<sysctl::InterfacePlace> place = sysctl::interface_place(write.name)) {
      Interfaces& mine = interfaces[with_star(write.name, *place)];
      const std::string name = write.name.substr(place->start, place->size);
      mine.names.insert(name);
      mine.patterns.insert(sysctl::pattern_of_made_name(name).value_or(name));
    }
  }
  return interfaces;
}

// What stands for the interface of a write in its rule; nothing: its own name.
struct Stand {
  std::string pattern;
  const std::set<std::string>* names = nullptr;
};

std::optional<Stand> stand_of(std::string_view name, const std::map<std::string, Interfaces>& all) {
  const std::optional<sysctl::InterfacePlace> place = sysctl::interface_or_template_place(name);
  const auto seen = place ? all.find(with_star(name, *place)) : all.end();
  if (seen == all.end()) {
    return std::nullopt;
  }
  const Interfaces& interfaces = seen->second;
  if (interfaces.patterns.size() > 1) {
    return Stand{"*", &interfaces.names};
  }
  const std::string& only = *interfaces.patterns.begin();
  return sysctl::interface_place(name) && only.ends_with('*') && !interfaces.names.contains(only)
             ? std::optional(Stand{only, &interfaces.names})
             : std::nullopt;
}

std::string list_of(const std::set<std::string>& interfaces) {
  constexpr std::size_t kShownMax = 3;
  std::string list;
  std::size_t shown = 0;
  for (const std::string& name : interfaces) {
    if (shown == kShownMax) {
      return list + " and " + std::to_string(interfaces.size() - shown) + " more";
    }
    list += (shown++ == 0 ? "" : ", ") + escape(name, 32);
  }
  return list;
}

std::string with_interface(std::string_view name, std::string_view put) {
  const sysctl::InterfacePlace place = *sysctl::interface_or_template_place(name);
  return std::string(name.substr(0, place.start)) + std::string(put) +
         std::string(name.substr(place.start + place.size));
}

// The writes by their pattern in slash form; what has none goes to `learned`.
std::map<std::string, Group> group(std::span<const SeenWrite> writes, Generalise generalise,
                                   Learned& learned) {
  const bool is_general = includes(generalise, Generalise::kInterfaces);
  const auto interfaces = is_general ? interfaces_of(writes) : std::map<std::string, Interfaces>();
  std::map<std::string, Group> groups;
  std::map<std::string, Unnameable> unnameable;
  for (const SeenWrite& write : writes) {
    const std::optional<Stand> stand = stand_of(write.name, interfaces);
    // An "x" that stands for the interface can always be written.
    Pattern pattern = pattern_of(stand ? with_interface(write.name, "x") : write.name);
    if (!pattern.problem.empty() || write.name.size() > sysctl::kNameMax) {
      Unnameable& found = unnameable[write.name];
      found = {write.name, found.seen + write.count,
               pattern.problem.empty() ? pattern_of(write.name).problem : pattern.problem};
      continue;
    }
    if (stand) {
      pattern.text = with_interface(pattern.text, stand->pattern);
    }
    Group& mine = groups[pattern.text];
    mine.writes.push_back(&write);
    if (stand && mine.interfaces.empty()) {
      mine.interfaces = *stand->names;
    }
    for (std::string& note : pattern.notes) {
      if (std::ranges::find(mine.notes, note) == mine.notes.end()) {
        mine.notes.push_back(std::move(note));
      }
    }
  }
  for (auto& [name, found] : unnameable) {
    learned.unnameable.push_back(std::move(found));
  }
  return groups;
}

}  // namespace

bool has_shell_byte(std::string_view text) {
  return text.find_first_of("'`$;&<>!\\(){}#~\t") != std::string_view::npos;
}

Learned learn(std::span<const SeenWrite> writes, Generalise generalise, std::uint64_t min) {
  Learned learned;
  for (auto& [pattern, found] : group(writes, generalise, learned)) {
    LearnedRule rule;
    rule.name = found.writes.front()->name;
    for (const SeenWrite* write : found.writes) {
      rule.seen += write->count;
    }
    if (rule.seen < min) {
      ++learned.rare;
      continue;
    }
    if (!found.interfaces.empty()) {
      rule.notes.push_back((found.interfaces.size() == 1 ? "interface " : "interfaces ") +
                           list_of(found.interfaces));
    }
    rule.notes.insert(rule.notes.end(), found.notes.begin(), found.notes.end());
    const std::string written = sysctl::to_dot_form(pattern);
    rule.text = written + learn_values(written, found.writes,
                                       includes(generalise, Generalise::kValues), rule.notes);
    learned.rules.push_back(std::move(rule));
  }
  std::ranges::sort(learned.rules, {}, &LearnedRule::text);
  return learned;
}

}  // namespace sg::cli
